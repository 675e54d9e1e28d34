#include "fpm_calls.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace cachetool::test {
namespace {

using namespace std::chrono_literals;

void write_readable(std::string const& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), 0644);
}

// A run in progress holds a lock on its directory, but for the moment in which it is made.
bool is_abandoned(std::string const& path) {
  std::this_thread::sleep_for(20ms);
  int const fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  bool const locked = flock(fd, LOCK_SH | LOCK_NB) == 0;
  struct stat info {};
  bool const still_there = lstat(path.c_str(), &info) == 0;
  close(fd);
  return locked && still_there;
}

}  // namespace

fpm_options one_pool(std::vector<std::string> lines, int max_children) {
  lines.push_back("listen.mode = 0666");
  fpm_options options;
  options.pools = {fpm_pool{.max_children = max_children, .lines = std::move(lines)}};
  return options;
}

surrounded_fpm::surrounded_fpm(std::string const& prepended, std::string const& appended, fpm_options options) {
  options.ini["auto_prepend_file"] = scripts_ / "prepended.php";
  options.ini["auto_append_file"] = scripts_ / "appended.php";
  write_readable(scripts_ / "prepended.php", "<?php " + prepended);
  write_readable(scripts_ / "appended.php", "<?php " + appended);
  server_.emplace(std::move(options));
}

fastcgi::request request_for(std::string const& script) {
  fastcgi::request result;
  result.params = {{"REQUEST_METHOD", "GET"}, {"SCRIPT_FILENAME", script}, {"SCRIPT_NAME", "/test"}};
  return result;
}

fastcgi::response run_script(php_fpm const& server, std::string const& script, std::string const& pool) {
  return fastcgi::client{server.endpoint(pool)}.execute(request_for(script));
}

php::value evaluate(php_fpm const& server, std::string_view code) {
  auto const script = server.write_script(
      "evaluate.php", "<?php echo serialize((static function () { " + std::string(code) + " })());");
  // Modification time 0: OPcache compiles it anew each time.
  timespec const epoch[2] = {{0, 0}, {0, 0}};
  utimensat(AT_FDCWD, script.c_str(), epoch, 0);
  auto const answer = run_script(server, script);
  auto const result = php::unserialize(answer.body);
  if (!result) throw std::runtime_error("PHP answered \"" + answer.body + "\" and said " + answer.stderr_text);
  return *result;
}

php::value cache_status(php_fpm const& server) {
  return evaluate(server, "return opcache_get_status(false);");
}

std::int64_t wasted(php_fpm const& server) {
  return cache_status(server)["memory_usage"]["wasted_memory"].as_int();
}

std::int64_t restarts(php_fpm const& server) {
  return cache_status(server)["opcache_statistics"]["manual_restarts"].as_int();
}

bool forgets_what_is_gone() {
  return php_fpm::version() != "7.4";
}

void fill_cache(php_fpm const& server, int scripts) {
  for (int i = 0; i < scripts; ++i) {
    run_script(server, server.write_script("filler" + std::to_string(i) + ".php", "<?php function f() { return 1; }"));
  }
}

struct long_request::state {
  std::string mark;
  std::thread thread;
};

long_request::long_request(php_fpm const& server, std::chrono::milliseconds duration)
    : state_(std::make_unique<state>()) {
  // The worker says that it has begun by a file next to the scripts, and ends when that is gone.
  auto const directory = server.document_root() + "/marks";
  std::filesystem::create_directory(directory);
  chmod(directory.c_str(), 0777);
  state_->mark = directory + "/begun";
  auto const script = server.write_script("long.php", R"(<?php
    if (!isset($_SERVER['MARK'])) exit;
    touch($_SERVER['MARK']);
    for ($end = microtime(true) + $_SERVER['SECONDS']; microtime(true) < $end && file_exists($_SERVER['MARK']);) {
      usleep(2000);
      clearstatcache();
    })");
  static_cast<void>(run_script(server, script));  // now it is cached
  auto request = request_for(script);
  request.params.emplace_back("MARK", state_->mark);
  request.params.emplace_back("SECONDS", std::to_string(std::chrono::duration<double>(duration).count()));
  fastcgi::client const client{server.endpoint()};
  state_->thread = std::thread([client, request] {
    try {
      static_cast<void>(client.execute(request));
    } catch (error const&) {
      // The server was stopped meanwhile.
    }
  });
  for (int i = 0; i < 5000 && !std::filesystem::exists(state_->mark); ++i) std::this_thread::sleep_for(1ms);
}

long_request::~long_request() {
  end();
}

void long_request::end() {
  unlink(state_->mark.c_str());
  finish();
}

void long_request::finish() {
  if (state_->thread.joinable()) state_->thread.join();
}

std::vector<std::string> arguments_for(php_fpm const& server, std::vector<std::string> arguments,
                                       std::string const& pool) {
  arguments.push_back("--fcgi=" + server.endpoint(pool).text());
  return arguments;
}

program_result call(php_fpm const& server, std::vector<std::string> arguments, program_options const& options) {
  return run_program(arguments_for(server, std::move(arguments)), options);
}

bool is_root() noexcept {
  return geteuid() == 0;
}

uid_t pool_user() {
  auto const* entry = getpwnam("www-data");
  if (entry == nullptr) throw std::runtime_error("there is no user www-data");
  return entry->pw_uid;
}

program_options as_pool_user() {
  program_options options;
  if (is_root()) options.user = pool_user();
  return options;
}

program_options as_nobody() {
  program_options options;
  if (is_root()) options.user = 65534;
  return options;
}

acting_as::acting_as(uid_t user) : user_(geteuid()), group_(getegid()) {
  if (setegid(user) != 0 || seteuid(user) != 0) throw std::runtime_error("cannot act as another user");
}

acting_as::~acting_as() {
  if (seteuid(user_) != 0 || setegid(group_) != 0) std::abort();
}

std::vector<std::string> left_overs(std::string const& base, uid_t user) {
  auto const prefix = "cachetool-" + std::to_string(user) + "-";
  std::vector<std::string> found;
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator(base, ignored)) {
    auto const path = entry.path().string();
    if (entry.path().filename().string().rfind(prefix, 0) == 0 && is_abandoned(path)) found.push_back(path);
  }
  return found;
}

std::vector<std::string> left_overs(uid_t user) {
  std::vector<std::string> found;
  for (auto const* base : {"/dev/shm", "/tmp", "/var/tmp"}) {
    for (auto& each : left_overs(base, user)) found.push_back(std::move(each));
  }
  return found;
}

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

}  // namespace cachetool::test
