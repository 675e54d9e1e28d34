#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Figures as Prometheus, its node_exporter and promtool read them: the text format, version 0.0.4. OpenMetrics differs
/// in how it names counters, and those two do not read it. Source: prometheus.io/docs/instrumenting/exposition_formats.
namespace cachetool::report {

/// A metric; all its texts are ours.
struct metric {
  enum class kind : std::uint8_t {
    gauge,    ///< goes up and down
    counter,  ///< only grows, until php-fpm or its cache is started anew
    untyped   ///< a counter whose name others chose, without "_total"
  };
  std::string_view name;  ///< "phpfpm_opcache_hits_total", with the unit in it
  kind type = kind::gauge;
  std::string_view help;  ///< one sentence
};

using metric_labels = std::vector<std::pair<std::string_view, std::string>>;

/// Collects samples in any order, and writes them by metric.
class prometheus_text {
 public:
  void add(metric const& of, metric_labels const& labels, std::int64_t value);
  void add(metric const& of, metric_labels const& labels, double value);

  /// Metrics in the order in which they came first, each with its samples.
  [[nodiscard]] std::string text() const;

 private:
  struct family {
    std::string_view name;
    std::string text;
  };
  void add_sample(metric const& of, metric_labels const& labels, std::string_view value);
  family& family_of(metric const& of);

  std::vector<family> families_;
};

}  // namespace cachetool::report
