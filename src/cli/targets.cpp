#include "cli/targets.hpp"

#include <algorithm>
#include <optional>

#include "fpm/find.hpp"

namespace cachetool::cli {
namespace {

std::vector<fastcgi::endpoint> resolve(context& with) {
  wanted_targets wanted = choose_targets(with.given, with.file, with.env);
  if (wanted.find) {
    for (auto& found : fpm::find_endpoints()) wanted.named.push_back(std::move(found));
  }
  return wanted.named;
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

target_output::target_output(console& out, report::json_writer* json, std::string label, bool several)
    : out_(out), json_(json), label_(std::move(label)), several_(several) {
  if (json_ == nullptr) return;
  json_->begin_object().key("endpoint").string(label_);
  depth_ = json_->depth();
}

void target_output::write_origin(opcache::origin const& from) {
  json_->key("pool");
  from.pool.empty() ? json_->null() : json_->string(from.pool);
  json_->key("php").string(from.php_version);
  json_->key("ok").boolean(true);
}

void target_output::begin_result(opcache::origin const& from) {
  write_origin(from);
  json_->key("result");
}

void target_output::end_result() {
  json_->end_object();
}

void target_output::begin_streamed_result() {
  json_->key("result");
}

void target_output::end_streamed_result(opcache::origin const& from) {
  write_origin(from);
  json_->end_object();
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

void target_output::warning(std::string const& text) {
  out_.warning(label_ + ": " + text);
}

void target_output::fail(error const& failed) {
  if (json_ == nullptr) return;
  json_->end_until(depth_);
  json_->key("pool").null().key("php").null();
  write_error(*json_, failed);
  json_->end_object();
}

namespace {

void run_on_target(context& with, fastcgi::endpoint const& endpoint, adapter::fastcgi_options const& options,
                   target_output& out, target_action const& action, exit_code& worst) {
  adapter::fastcgi_adapter php(endpoint, options, with.log);
  try {
    action(php, out);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    with.out.flush();
    out.fail(failed);
    with.out.report(with.line.command->name, failed);
    worst = std::max(worst, exit_code_for(failed.kind()));
  }
}

exit_code run_on_all(context& with, int interrupt_fd, target_action const& action) {
  adapter::fastcgi_options options = choose_fastcgi(with.given, with.file);
  options.client.interrupt_fd = interrupt_fd;
  std::vector<fastcgi::endpoint> const targets = resolve(with);
  std::optional<report::json_writer> json;
  if (with.given.text("format").value_or("table") == "json") {
    json.emplace([&with](std::string_view text) { with.out.write(text); });
    json->begin_object().key("targets").begin_array();
  }
  exit_code worst = exit_code::done;
  for (fastcgi::endpoint const& endpoint : targets) {
    target_output out(with.out, json ? &*json : nullptr, endpoint.text(), targets.size() > 1);
    run_on_target(with, endpoint, options, out, action, worst);
  }
  if (json) {
    json->end_array().end_object().flush();
    with.out.write("\n");
  }
  with.out.flush();
  return worst;
}

}  // namespace

exit_code for_each_target(context& with, target_action const& action) {
  signal_watch signals;
  with.out.watch(signals.fd());
  try {
    exit_code const worst = run_on_all(with, signals.fd(), action);
    with.out.watch(-1);
    return worst;
  } catch (error const& failed) {
    with.out.watch(-1);
    if (failed.kind() != error_kind::interrupted) throw;
    int const signal = signals.take();
    with.out.error_line(std::string("interrupted by ") + signal_name(signal));
    return static_cast<exit_code>(static_cast<int>(exit_code::interrupted_by) + signal);
  }
}

}  // namespace cachetool::cli
