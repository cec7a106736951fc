// Whether somebody's name stands where it should not: in the name of a file, in an answer that others read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muniment {

/// The words of `names` that stand in `text`, as `names` has them. Capitals, accents and the alphabet do not matter
/// ("Ivanov" stands for "Иванов"), nor do endings ("Иванова", "Ивановой"); words of fewer than three letters do not
/// count. It finds more than there is rather than less.
std::vector<std::string> find_name_traces(std::string_view text, std::string_view names);

}  // namespace muniment
