// Files of records, one JSON object a line, that a machine keeps for itself below home/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/fs.h"

namespace muniment {

/// What `parse` makes of each line; none where there is no file. Errors: those of read_file but `not_found`, of
/// split_lines, of `parse`.
template <typename T>
Result<std::vector<T>> read_records(Fs& fs, const std::string& path, std::uint64_t bytes_max, std::size_t lines_max,
                                    Result<T> (*parse)(std::string_view line)) {
  const auto bytes = read_file(fs, path, bytes_max);
  if (!bytes && bytes.error().code() == Code::not_found) return std::vector<T>{};
  if (!bytes) return bytes.error();
  TRY_ASSIGN(const auto lines, split_lines(as_text(*bytes), lines_max));
  std::vector<T> all;
  all.reserve(lines.size());
  for (const std::string_view line : lines) {
    TRY_ASSIGN(T record, parse(line));
    all.push_back(std::move(record));
  }
  return all;
}

}  // namespace muniment
