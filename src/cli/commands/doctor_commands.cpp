#include "cli/commands/doctor_commands.hpp"

#include "cli/commands/doctor_view.hpp"
#include "cli/commands/examined_php.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/targets.hpp"
#include "doctor/walk.hpp"

namespace cachetool::cli {
namespace {

void show_json(target_output& out, doctor::report const& report) {
  report.ended ? out.begin_partial_result(report.from) : out.begin_result(report.from);
  write_json(*out.json(), report);
  report.ended ? out.fail(*report.ended) : out.end_result();
}

void show_findings(target_output& out, doctor::report const& report, bool only_problems) {
  constexpr std::size_t narrow = 72;
  if (only_problems && report.findings.empty()) return;
  std::size_t const width = out.streams().width();
  out.heading(report.from);
  if (width >= narrow) {
    out.table(doctor_table(report, width), doctor_style);
  } else {
    for (std::string const& line : doctor_lines(report, width)) out.streams().line(line);
  }
  if (!only_problems) out.streams().line(verdict_line(report));
}

void show(target_output& out, doctor::report const& report, bool only_problems) {
  if (out.json() != nullptr) {
    show_json(out, report);
  } else if (out.is_csv()) {
    for (advice::finding const& each : report.findings) out.csv_row(report::texts(fields(each)));
  } else {
    show_findings(out, report, only_problems);
  }
  out.flush();  // the remarks come below it
}

// With -q a healthy pool needs no advice.
void advise(target_output& out, std::string const& label, bool quiet, doctor::report const& report) {
  std::string const whom = out.is_one_of_several() ? label + ": " : "";
  auto const least = quiet ? advice::level::warning : advice::level::ok;
  for (std::string const& each : hints(report, least)) out.streams().hint(whom + each);
  if (report.ended) out.streams().report("doctor", *report.ended);
}

exit_code code_of(doctor::report const& report) {
  if (report.ended) return exit_code_for(report.ended->kind());
  return worst(report.findings) >= advice::level::warning ? exit_code::refused : exit_code::done;
}

}  // namespace

exit_code run_doctor(context& with) {
  if (choose_adapter(with.given, with.file) == adapter_kind::cli) {
    throw error(error_kind::usage, "doctor looks at what serves requests, and php on the command line does not")
        .advise("leave out --cli");
  }
  bool const quiet = verbosity(with.given, with.env) < 0;
  bool const only_problems = with.given.flag("only-problems") > 0;
  std::string const site = with.given.given("site") ? absolute_name(with.given.text("site").value_or("")) : "";
  auto const visit = [&](target const& whom, agent::observer& log, target_output& out) {
    std::string const& label = whom.addresses.front().label;
    doctor::way_to_try const how{.where = whom.where,
                                 .open = whom.open,
                                 .open_pool = whom.open_pool,
                                 .blocked = whom.unreachable,
                                 .who = whom.who,
                                 .options = options_for(whom, out.is_one_of_several()),
                                 .site = site,
                                 .guessed = whom.guessed,
                                 .interrupt_fd = whom.interrupt_fd};
    doctor::report report = doctor::walk(how, log);
    if (report.ended) report.ended->on(label);
    out.end_with(code_of(report));
    if (only_problems) keep_problems(report);
    show(out, report, only_problems);
    advise(out, label, quiet, report);
  };
  return visit_each_target(with, report::names(fields(advice::finding())), visit);
}

}  // namespace cachetool::cli
