#include "adapter/fastcgi_call.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "adapter/diagnosis.hpp"
#include "fastcgi/dropped.hpp"
#include "fastcgi/socket.hpp"
#include "fpm/discovery.hpp"
#include "fpm/selinux.hpp"
#include "fpm/setting.hpp"

namespace cachetool::adapter {
namespace {

// True if the modes let a worker read a file. Files of our own always do, and may be where this process cannot look.
bool modes_allow(std::string const& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || (info.st_mode & S_IROTH) != 0) return true;
  return info.st_uid == geteuid() && (info.st_mode & 07777) == S_IRUSR;  // for a worker of the same user
}

}  // namespace

fastcgi_call::fastcgi_call(fastcgi_target& target, agent::call what, bool hold)
    : target_(target),
      options_(target.client),
      what_(std::move(what)),
      hold_(hold),
      sink_([this](std::string_view part) { reader_->feed(part); }) {
  if (what_.timeout) options_.timeout = *what_.timeout;
  connect();
}

fastcgi::operation const& fastcgi_call::current() const noexcept {
  if (exchange_) return *exchange_;
  return *connector_;
}

fastcgi::operation& fastcgi_call::current() noexcept {
  if (exchange_) return *exchange_;
  return *connector_;
}

fastcgi::interest fastcgi_call::wants() const {
  return current().wants();
}

error fastcgi_call::failure(error_kind kind, std::string message) const {
  return current().failure(kind, std::move(message));
}

void fastcgi_call::advance(short ready) {
  if (done()) return;
  try {
    current().advance(ready);
  } catch (error const& failed) {
    if (reader_) reader_->end();
    throw fastcgi::explained(failed, target_.where, exchange_ && exchange_->was_dropped());
  }
  if (!current().done()) return;
  exchange_ ? read_answer() : send();
}

void fastcgi_call::connect() {
  exchange_.reset();
  connector_.emplace(target_.where, options_.connect_timeout);
}

void fastcgi_call::send() {
  base::unique_fd socket = connector_->take();
  auto const peer = fastcgi::peer_of(socket.get());
  if (peer) target_.master = peer->pid;  // if a peer is not known this once, the master stays as it was
  path_ = target_.place.path(agent::source_for(what_.operation), peer);
  target_.watcher.running(what_, target_.where.text(), path_);

  agent::encoded_call encoded = agent::encode(what_);
  encoded.params.emplace_back("SCRIPT_FILENAME", path_);
  if (target_.place.is_installed()) encoded.params.emplace_back("CACHETOOL_SHA256", agent::complete().sha256);
  reader_.emplace(std::move(encoded.nonce), what_.rows, what_.printed);
  fastcgi::request const request{
      .params = std::move(encoded.params), .body = std::move(encoded.body), .keep_connection = hold_};
  exchange_.emplace(std::move(socket), target_.where.text(), request, options_, &sink_);
}

error fastcgi_call::refusal(fastcgi::response const& response) const {
  constexpr int forbidden = 403;
  bool const look = response.status == forbidden && modes_allow(path_);
  auto const labels = look ? fpm::enforced_labels(path_, target_.master) : std::nullopt;
  return diagnose(response, *reader_, path_, labels).during(phase::answer);
}

// Where the agent may lie instead: from the refusal, or from the pool's configuration if PHP logs nothing.
std::vector<std::string> fastcgi_call::allowed(error_kind refusal, std::string_view stderr_text) const {
  if (refusal == error_kind::restricted) return {reader_->refused_over()};
  auto told = allowed_directories(stderr_text);
  if (refusal != error_kind::open_basedir || !told.empty()) return told;
  auto const peer = target_.master == 0 ? std::nullopt : std::optional(target_.master);
  auto const behind = fpm::master_of(target_.where, peer, {.interrupt_fd = options_.interrupt_fd});
  if (!behind || !behind->pool) return {};
  auto const line = fpm::find_setting(behind->master.pools[*behind->pool], "open_basedir");
  return line ? directories_in(line->line.value) : std::vector<std::string>{};
}

void fastcgi_call::read_answer() {
  fastcgi::response const response = exchange_->take_response();
  try {
    if (!reader_->began()) throw refusal(response);
    answer_ = reader_->finish();
  } catch (error& failed) {
    if (failed.kind() == error_kind::protocol) {
      if (auto missing = agent::undefined_function(response.stderr_text)) failed = *missing;
    }
    failed.on(target_.where.text());
    if (!is_about_the_place(failed.kind()) || target_.place.is_exhausted()) throw;
    target_.place.reject(path_, failed, allowed(failed.kind(), response.stderr_text));
    connect();
    return advance(0);  // the caller still waits for the connection that ended
  }
  if (hold_) held_ = exchange_->take_connection();
  if (!response.stderr_text.empty()) target_.watcher.said(response.stderr_text);
  target_.watcher.answered(*answer_);
}

}  // namespace cachetool::adapter
