#include "releases/fallback.hpp"

#include "caches/opcache_reset.hpp"

namespace cachetool::releases {

opcache::reset_report reset_because_of(std::string const& why, adapter::adapter& php,
                                       std::chrono::milliseconds patience, std::string const& meanwhile) {
  opcache::reset_report report = opcache::reset(php, {.patience = patience});
  if (report.what != opcache::reset_report::outcome::scheduled) return report;
  throw error(error_kind::timeout, why +
                                       "; so a reset of OPcache was scheduled, and it waits for running requests to " +
                                       "end: until then " + meanwhile + " may be served")
      .advise("cachetool opcache:status shows when it has taken place");
}

}  // namespace cachetool::releases
