// Charters and orders in sentences, for the people who are asked to sign them.
#pragma once

#include <string>
#include <vector>

#include "archive/view.h"

namespace muniment {

/// That a compartment is only as strong as those of its openers whose keys are classic; empty where none is, or where
/// the compartment itself has no hybrid key.
std::string describe_weakness(const Charter& charter, const Compartment& compartment);

/// What changes from one charter to the next. Empty when nothing does.
std::vector<std::string> describe_step(const Charter& now, const Charter& next);

std::vector<std::string> describe_order(const Order& order, const ArchiveView& view);

}  // namespace muniment
