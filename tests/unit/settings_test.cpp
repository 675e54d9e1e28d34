#include "cli/settings.hpp"

#include <cachetool/fastcgi/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using cli::config;
using cli::environment;

namespace {

cli::options given(std::vector<std::string> const& words) {
  return cli::options(cli::read_command_line(words));
}

std::vector<std::string> targets(cli::wanted_targets const& wanted) {
  std::vector<std::string> texts;
  for (auto const& endpoint : wanted.named) texts.push_back(endpoint.text());
  if (wanted.find) texts.push_back("(find)");
  return texts;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("with nothing named php-fpm is looked for") {
  CHECK(targets(cli::choose_targets(given({"opcache:reset"}), {}, {})) == texts{"(find)"});
}

TEST_CASE("an option wins over the config file and the environment") {
  config file;
  file.fastcgi = texts{"/file"};
  environment env;
  env.cachetool_fcgi = "/env";
  CHECK(targets(cli::choose_targets(given({"opcache:reset", "--fcgi=/option"}), file, env)) == texts{"/option"});
}

TEST_CASE("the config file wins over the environment") {
  config file;
  file.fastcgi = texts{"/a", "9000"};
  environment env;
  env.cachetool_fcgi = "/env";
  CHECK(targets(cli::choose_targets(given({"opcache:reset"}), file, env)) == texts{"/a", "127.0.0.1:9000"});
}

TEST_CASE("CACHETOOL_FCGI is a comma list and wins over FCGI_CONNECT") {
  environment env;
  env.cachetool_fcgi = "/a,127.0.0.1:9000";
  env.fcgi_connect = "/b";
  CHECK(targets(cli::choose_targets(given({"opcache:reset"}), {}, env)) == texts{"/a", "127.0.0.1:9000"});
}

TEST_CASE("FCGI_CONNECT is honoured") {
  environment env;
  env.fcgi_connect = "/b";
  CHECK(targets(cli::choose_targets(given({"opcache:reset"}), {}, env)) == texts{"/b"});
}

TEST_CASE("a bare --fcgi looks for php-fpm although a file names one") {
  config file;
  file.fastcgi = texts{"/file"};
  CHECK(targets(cli::choose_targets(given({"opcache:reset", "--fcgi"}), file, {})) == texts{"(find)"});
}

TEST_CASE("a wrong address in the config file is an error of the file") {
  config file;
  file.path = "/etc/cachetool.yml";
  file.fastcgi = texts{"nonsense"};
  try {
    cli::choose_targets(given({"opcache:reset"}), file, {});
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::config);
    CHECK(failed.message().find("/etc/cachetool.yml: fastcgi: ") == 0);
  }
}

TEST_CASE("-q beats -v, and an option beats SHELL_VERBOSITY") {
  environment loud;
  loud.shell_verbosity = "3";
  environment silent;
  silent.shell_verbosity = "-1";
  CHECK(cli::verbosity(given({"opcache:reset", "-q", "-vvv"}), {}) == -1);
  CHECK(cli::verbosity(given({"opcache:reset", "-v"}), loud) == 1);
  CHECK(cli::verbosity(given({"opcache:reset"}), loud) == 3);
  CHECK(cli::verbosity(given({"opcache:reset"}), silent) == -1);
  CHECK(cli::verbosity(given({"opcache:reset"}), {}) == 0);
}

TEST_CASE("--no-ansi beats --ansi, which beats NO_COLOR") {
  environment plain;
  plain.no_color = true;
  CHECK_FALSE(cli::wants_colour(given({"opcache:reset", "--ansi", "--no-ansi"}), {}));
  CHECK(cli::wants_colour(given({"opcache:reset", "--ansi"}), plain));
}

TEST_CASE("the times are those of the command line, else the defaults") {
  using namespace std::chrono_literals;
  auto const chosen = cli::choose_fastcgi(given({"opcache:reset", "--timeout=1", "--retries=0"}), {});
  CHECK(chosen.client.timeout == 1s);
  CHECK(chosen.client.connect_timeout == 5s);
  CHECK(chosen.retries == 0);
}

TEST_CASE("--tmp-dir wins over temp_dir") {
  config file;
  file.temp_dir = "/file";
  CHECK(cli::choose_fastcgi(given({"opcache:reset", "-t/option"}), file).place.tmp_dir == "/option");
  CHECK(cli::choose_fastcgi(given({"opcache:reset"}), file).place.tmp_dir == "/file");
}
