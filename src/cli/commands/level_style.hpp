#pragma once

#include "advice/finding.hpp"
#include "report/style.hpp"

namespace cachetool::cli {

/// How a finding looks on a terminal.
constexpr report::style style_of(advice::level how) noexcept {
  switch (how) {
    case advice::level::ok:
      return report::style::good;
    case advice::level::note:
      return report::style::plain;
    case advice::level::warning:
      return report::style::attention;
    case advice::level::failure:
      break;
  }
  return report::style::bad;
}

}  // namespace cachetool::cli
