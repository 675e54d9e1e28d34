#include "cli/targets.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "fpm/find.hpp"

namespace cachetool::cli {
namespace {

error ambiguous(std::vector<fastcgi::endpoint> const& targets, char const* what) {
  std::string list;
  for (auto const& endpoint : targets) list += (list.empty() ? "" : ", ") + endpoint.text();
  return error(error_kind::usage, std::string(what) + ": " + list).advise("name one with --fcgi=ADDRESS");
}

std::vector<fastcgi::endpoint> resolve_endpoints(context& with) {
  wanted_targets wanted = choose_targets(with.given, with.file, with.env);
  bool const all_named = !wanted.find;
  if (wanted.find) {
    for (auto& found : fpm::find_endpoints("/run")) wanted.named.push_back(std::move(found));
  }
  target_policy const policy = with.line.command->targets;
  if (wanted.named.size() > 1 && policy == target_policy::exactly_one) {
    throw ambiguous(wanted.named, "this command works on one php-fpm, and several are meant");
  }
  if (wanted.named.size() > 1 && policy == target_policy::one_found && !all_named) {
    throw ambiguous(wanted.named, "several php-fpm were found");
  }
  return wanted.named;
}

// Each PHP to work on, as the way to it. Nothing is sent yet.
struct target_list {
  std::vector<std::unique_ptr<adapter::adapter>> ways;
  bool guessed = false;  // nothing was named and nothing was found: it is the port that php-fpm has by default
};

target_list fastcgi_targets(context& with, int interrupt_fd) {
  adapter::fastcgi_options options = choose_fastcgi(with.given, with.file);
  options.client.interrupt_fd = interrupt_fd;
  target_list list;
  std::vector<fastcgi::endpoint> endpoints = resolve_endpoints(with);
  list.guessed = endpoints.empty();
  if (list.guessed) endpoints.push_back(fastcgi::endpoint::tcp("127.0.0.1", 9000));
  for (fastcgi::endpoint& endpoint : endpoints) {
    list.ways.push_back(std::make_unique<adapter::fastcgi_adapter>(std::move(endpoint), options, with.log));
  }
  return list;
}

target_list web_target(context& with, int interrupt_fd) {
  adapter::web_options options = choose_web(with.given, with.file);
  options.interrupt_fd = interrupt_fd;
  target_list list;
  list.ways.push_back(std::make_unique<adapter::web_adapter>(std::move(options), with.log));
  return list;
}

target_list cli_target(context& with, int interrupt_fd) {
  with.out.warning("the caches of php on the command line are its own: no web request uses them");
  adapter::cli_options options = choose_cli(with.given);
  options.interrupt_fd = interrupt_fd;
  target_list list;
  list.ways.push_back(std::make_unique<adapter::cli_adapter>(options, with.log));
  return list;
}

target_list resolve(context& with, int interrupt_fd) {
  switch (choose_adapter(with.given, with.file)) {
    case adapter_kind::web:
      return web_target(with, interrupt_fd);
    case adapter_kind::cli:
      return cli_target(with, interrupt_fd);
    case adapter_kind::fastcgi:
      break;
  }
  return fastcgi_targets(with, interrupt_fd);
}

void write_error(report::json_writer& json, error const& failed) {
  json.key("ok").boolean(false).key("error").begin_object();
  json.key("kind").string(name(failed.kind()));
  json.key("message").string(failed.message());
  json.key("hint");
  failed.hint().empty() ? json.null() : json.string(failed.hint());
  json.end_object();
}

}  // namespace

target_output::target_output(console& out, machine_output machine, std::string label, bool several)
    : out_(out), json_(machine.json), csv_(machine.csv), label_(std::move(label)), several_(several) {
  if (json_ == nullptr) return;
  json_->begin_object().key("endpoint").string(label_);
  depth_ = json_->depth();
}

void target_output::csv_row(std::vector<std::string> fields) {
  fields.insert(fields.begin(), label_);
  csv_->row(fields);
}

void target_output::write_origin(opcache::origin const& from) {
  json_->key("pool");
  from.pool.empty() ? json_->null() : json_->string(from.pool);
  json_->key("php");
  from.php_version.empty() ? json_->null() : json_->string(from.php_version);
}

void target_output::begin_result(opcache::origin const& from) {
  write_origin(from);
  json_->key("ok").boolean(true).key("result");
}

void target_output::end_result() {
  json_->end_object();
}

void target_output::begin_streamed_result() {
  json_->key("result");
}

void target_output::begin_partial_result(opcache::origin const& from) {
  answered_by(from);
  json_->key("result");
}

void target_output::end_streamed_result(opcache::origin const& from) {
  write_origin(from);
  json_->key("ok").boolean(true).end_object();
}

void target_output::heading(opcache::origin const& from) {
  if (!several_) return;
  out_.line(label_ + " (" + (from.pool.empty() ? "" : "pool " + from.pool + ", ") + "PHP " + from.php_version + ")");
}

void target_output::table(report::table const& rows) {
  rows.render([this](std::string_view text) { out_.write(text); }, out_.colour());
}

void target_output::line(opcache::origin const& from, std::string const& text) {
  out_.line(label_ + (from.pool.empty() ? "" : " (pool " + from.pool + ")") + ": " + text);
}

void target_output::message(opcache::origin const& from, std::initializer_list<std::string_view> parts) {
  heading(from);
  out_.message(parts);
}

void target_output::warning(std::string const& text) {
  out_.warning(label_ + ": " + text);
}

void target_output::fail(error const& failed) {
  if (json_ == nullptr) return;
  json_->end_until(depth_);
  write_origin(from_);
  write_error(*json_, failed);
  json_->end_object();
}

namespace {

void run_on_target(context& with, adapter::adapter& php, bool guessed, target_output& out, target_action const& action,
                   exit_code& worst) {
  try {
    action(php, out);
    worst = std::max(worst, out.code());
  } catch (error& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    failed.on(php.label());
    if (guessed && exit_code_for(failed.kind()) == exit_code::unreachable) {
      failed.advise(
          "this is only a guess: nobody listens on a socket in /run/php or /run/php-fpm, or on /run/php*.sock; name "
          "the "
          "php-fpm you mean: --fcgi=ADDRESS");
    }
    out.fail(failed);
    with.out.report(with.line.command->name, failed);
    worst = std::max(worst, exit_code_for(failed.kind()));
  }
}

// The writer of the chosen format, over the console.
class format_writer {
 public:
  format_writer(context& with, std::optional<std::vector<std::string>> csv_columns) : out_(with.out) {
    if (!csv_columns) return;
    std::string const format = with.given.text("format").value_or("table");
    auto const sink = [this](std::string_view text) { out_.write(text); };
    if (format == "json") {
      json_.emplace(sink);
      json_->begin_object().key("targets").begin_array();
    } else if (format == "csv") {
      csv_columns->insert(csv_columns->begin(), "endpoint");
      csv_.emplace([this](std::string_view text) { out_.raw(text); }, *csv_columns);
    }
  }

  machine_output writers() { return {json_ ? &*json_ : nullptr, csv_ ? &*csv_ : nullptr}; }

  // So that what a target wrote stands before the next one's errors.
  void flush() {
    if (json_) json_->flush();
    if (csv_) csv_->flush();
    out_.flush();
  }

  void finish() {
    if (json_) json_->end_array().end_object().flush();
    if (json_) out_.write("\n");
    flush();
  }

 private:
  console& out_;
  std::optional<report::json_writer> json_;
  std::optional<report::csv_writer> csv_;
};

exit_code run_on_all(context& with, int interrupt_fd, std::optional<std::vector<std::string>> csv_columns,
                     target_action const& action) {
  target_list targets = resolve(with, interrupt_fd);
  format_writer writer(with, std::move(csv_columns));
  exit_code worst = exit_code::done;
  for (auto& php : targets.ways) {
    target_output out(with.out, writer.writers(), php->label(), targets.ways.size() > 1);
    run_on_target(with, *php, targets.guessed, out, action, worst);
    php.reset();  // and with it the files that it needed
    writer.flush();
  }
  writer.finish();
  return worst;
}

}  // namespace

exit_code for_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                          target_action const& action) {
  signal_watch signals;
  with.out.watch(signals.fd());
  try {
    exit_code const worst = run_on_all(with, signals.fd(), std::move(csv_columns), action);
    with.out.watch(-1);
    return worst;
  } catch (error const& failed) {
    with.out.watch(-1);
    if (failed.kind() != error_kind::interrupted) throw;
    int const signal = signals.take();
    with.out.error_line(std::string(with.line.command->name) + ": interrupted by " + signal_name(signal));
    return static_cast<exit_code>(static_cast<int>(exit_code::interrupted_by) + signal);
  }
}

}  // namespace cachetool::cli
