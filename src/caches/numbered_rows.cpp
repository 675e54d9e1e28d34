#include "caches/numbered_rows.hpp"

#include <utility>

#include "caches/rows.hpp"

namespace cachetool::caches {

std::function<void(std::string_view)> numbered_rows(std::function<void(std::string path, std::int64_t number)> each) {
  return [each = std::move(each), counter = row_counter()](std::string_view rows) mutable {
    while (!rows.empty()) {
      std::int64_t number[1];
      std::string path(take_row(rows, number));
      counter.count(path);
      each(std::move(path), number[0]);
    }
  };
}

}  // namespace cachetool::caches
