#include "release_site.hpp"

#include <filesystem>
#include <fstream>

namespace cachetool::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

}  // namespace

site::site(std::vector<std::string> const& releases) {
  for (auto const& name : releases) build(name);
  link("1");
}

void site::build(std::string const& name, std::string const& says) {
  std::string const text = says.empty() ? name : says;
  write(name, "index.php",
        "<?php $GLOBALS['index'] = '" + text +
            "';\n"
            "if (isset($_SERVER['PAUSE'])) { touch($_SERVER['PAUSE']); while (file_exists($_SERVER['PAUSE'])) { "
            "usleep(2000); clearstatcache(); } }\n"
            "require '" +
            current() +
            "/abs.php'; require __DIR__ . '/rel.php';\n"
            "echo \"$GLOBALS[index] $GLOBALS[abs] $GLOBALS[rel]\";");
  write(name, "abs.php", "<?php $GLOBALS['abs'] = '" + text + "';");
  write(name, "rel.php", "<?php $GLOBALS['rel'] = '" + text + "';");
}

void site::write(std::string const& name, std::string const& file, std::string const& code) {
  fs::path const path = release(name) + "/" + file;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << code;
  fs::last_write_time(path, fs::file_time_type::clock::now() - 1h);
}

// In one step, as deployments do: nobody finds no link.
void site::link(std::string const& name) const {
  std::string const made = directory_ / "next";
  fs::create_symlink(release(name), made);
  fs::rename(made, current());
}

std::string site::copy(std::string const& name, std::string const& to) const {
  fs::copy(release(name), to, fs::copy_options::recursive);
  for (auto const& each : fs::recursive_directory_iterator(to)) {
    fs::last_write_time(each, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  return to;
}

runtime_site::runtime_site() {
  for (std::string const name : {"1", "2"}) {
    write(name, "index.php",
          "<?php\nrequire_once __DIR__ . '/vendor/autoload_runtime.php';\nreturn function () { return '" + name +
              " ' . Autoloader::RELEASE; };");
    write(name, "vendor/autoload_runtime.php",
          "<?php\nif (true === (require_once __DIR__ . '/autoload.php')) return;\n"
          "$app = require $_SERVER['SCRIPT_FILENAME'];\necho $app();\nexit;");
    write(name, "vendor/autoload.php",
          "<?php\nrequire_once __DIR__ . '/real.php';\nusleep(20000);\nreturn Autoloader::RELEASE;");
    write(name, "vendor/real.php", "<?php\nif (true) { class Autoloader { const RELEASE = '" + name + "'; } }");
  }
}

fpm_options options_for(int workers, bool validates) {
  auto options = one_pool({}, workers);
  options.ini = {{"opcache.validate_timestamps", validates ? "1" : "0"}, {"realpath_cache_ttl", "120"}};
  return options;
}

std::string visit(php_fpm const& server, site const& of, std::string const& pool) {
  return run_script(server, of.current() + "/index.php", pool).body;
}

texts visits(php_fpm const& server, site const& of, int count, std::string const& pool) {
  texts seen;
  for (int i = 0; i < count; ++i) seen.insert(visit(server, of, pool));
  return seen;
}

std::int64_t misses(php_fpm const& server) {
  auto const script =
      server.write_script("misses.php", "<?php echo opcache_get_status(false)['opcache_statistics']['misses'];");
  static_cast<void>(run_script(server, script));  // now it is cached itself
  return std::stoll(run_script(server, script).body);
}

program_result finish(php_fpm const& server, site const& of, std::vector<std::string> more) {
  more.insert(more.begin(), {"deploy:finish", of.current()});
  return call(server, more);
}

program_result switch_to(php_fpm const& server, site const& of, std::string const& name,
                         std::vector<std::string> more) {
  more.insert(more.begin(), {"deploy:switch", of.current(), of.release(name)});
  return call(server, more);
}

}  // namespace cachetool::test
