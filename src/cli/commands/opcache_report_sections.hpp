#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/opcache_report_view.hpp"

/// The sections of the page of opcache:report. Each is empty where there is nothing to tell.
namespace cachetool::cli {

/// What was found, and what to do, in a list or a table.
report::html finding_text(advice::finding const& each);

report::html finding_section(std::vector<advice::finding> const& all);
report::html figure_tiles(reported_master const& of);
/// What opcache:check has seen until now.
report::html history_chart(reported_master const& of);

report::html script_lists(std::vector<report::cached_file> const& scripts);
report::html release_tables(std::vector<report::cached_file> const& scripts);
report::html pool_tables(reported_master const& of);
report::html setting_tables(reported_master const& of);

/// What they share: ways to write a value.
namespace page_text {

report::html paragraph(std::string_view kind, report::html const& contents);
report::html number(std::int64_t value);
report::html memory(std::int64_t value);

/// The directory less prominent than the name.
report::html path(std::string_view whole);

/// "5 minutes ago"
std::string ago(std::int64_t seconds);

/// A box of the page, with a heading.
report::html tile(std::string_view heading, report::html const& contents);

/// A name and its value in a list of such.
report::html entry(std::string_view name, report::html const& value);
report::html entries(report::html const& all);

}  // namespace page_text

}  // namespace cachetool::cli
