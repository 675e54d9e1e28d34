#include "cli/commands/fpm_commands.hpp"

#include <unistd.h>

#include <algorithm>

#include "cli/commands/fpm_view.hpp"
#include "cli/output/exit_code.hpp"
#include "cli/output/target_output.hpp"
#include "cli/targets/context.hpp"
#include "cli/targets/selection.hpp"
#include "cli/targets/targets.hpp"
#include "fpm/discovery.hpp"
#include "fpm/reach.hpp"

namespace cachetool::cli {
namespace {

using masters = std::vector<fpm::master>;

template <typename Action>
void for_each_pool(masters const& found, Action const& action) {
  for (fpm::master const& owner : found) {
    for (fpm::pool const& one : owner.pools) action(owner, one);
  }
}

void show_json(console& out, masters const& found) {
  out.write("{\"targets\":[");
  bool first = true;
  for_each_pool(found, [&](fpm::master const& owner, fpm::pool const& one) {
    if (!std::exchange(first, false)) out.write(",");
    target_output target(out, output_format::json, 0, endpoint_text(one), true);
    auto const failed = fpm::why_not(one);
    origin const from{one.name, owner.version};
    failed ? target.begin_partial_result(from) : target.begin_result(from);
    write_json(*target.json(), owner, one);
    failed ? target.fail(*failed) : target.end_result();
    target.flush();
  });
  out.write("]}\n");
}

void show_csv(console& out, masters const& found) {
  report::csv_writer csv([&out](std::string_view text) { out.raw(text); }, fpm_columns());
  for_each_pool(found, [&](fpm::master const& owner, fpm::pool const& one) { csv.row(csv_fields(owner, one)); });
  csv.flush();
}

// The same advice may hold for many pools; it is given once.
void show_hints(console& out, masters const& found) {
  std::vector<std::string> given;
  for_each_pool(found, [&](fpm::master const&, fpm::pool const& one) {
    auto const failed = fpm::why_not(one);
    if (!failed || failed->hint().empty()) return;
    if (std::find(given.begin(), given.end(), failed->hint()) != given.end()) return;
    given.push_back(failed->hint());
    out.hint(failed->hint());
  });
}

void show_who_is_not_meant(console& out, masters const& found) {
  for (fpm::master const& each : found) {
    if (auto const why = why_not_meant(each)) out.hint(*why);
  }
}

void show_table(console& out, masters const& found, bool with_sites) {
  report::table rows = fpm_table(with_sites);
  for_each_pool(found, [&](fpm::master const& owner, fpm::pool const& one) { add_row(rows, owner, one, with_sites); });
  rows.render([&out](std::string_view text) { out.write(text); }, out.colour());
  out.flush();
  show_hints(out, found);
  show_who_is_not_meant(out, found);
}

error nothing_found() {
  std::string places;
  for (std::string_view const place : fpm::usual_socket_places())
    places += (places.empty() ? "" : ", ") + std::string(place);
  std::string const as = geteuid() == 0 ? "" : ", as far as uid " + std::to_string(geteuid()) + " may look";
  return error(error_kind::unreachable, "no php-fpm is running that can be seen from here")
      .advise("looked for processes with the title \"php-fpm: master process\" and for sockets that are listened on" +
              as + ", and in " + places);
}

exit_code show_all(context& with, int interrupt_fd) {
  masters const found = fpm::find_masters({.exact_version = true, .interrupt_fd = interrupt_fd});
  std::string const format = with.given.text("format").value_or("table");
  if (format == "json") {
    show_json(with.out, found);
  } else if (format == "csv") {
    show_csv(with.out, found);
  } else if (!found.empty()) {
    show_table(with.out, found, verbosity(with.given, with.env) > 0);
  }
  with.out.flush();
  if (found.empty()) throw nothing_found();
  return exit_code::done;
}

}  // namespace

exit_code fpm_list(context& with) {
  return while_watched(with, [&with](signal_watch const& signals) { return show_all(with, signals.fd()); });
}

}  // namespace cachetool::cli
