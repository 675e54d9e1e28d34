#include "cli/settings/settings.hpp"

#include <fstream>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

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
  CHECK_FALSE(cli::wants_colour(given({"opcache:reset", "--ansi", "--no-ansi"}), {}, true));
  CHECK(cli::wants_colour(given({"opcache:reset", "--ansi"}), plain, false));
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

namespace {

using cli::adapter_kind;

adapter_kind chosen(std::vector<std::string> const& words, config const& file = {}) {
  std::vector<std::string> line{"opcache:reset"};
  line.insert(line.end(), words.begin(), words.end());
  return cli::choose_adapter(given(line), file);
}

config file_with_adapter(std::string const& name) {
  config file;
  file.path = "/etc/cachetool.yml";
  file.adapter = name;
  return file;
}

}  // namespace

TEST_CASE("with nothing said the way to PHP is FastCGI") {
  CHECK(chosen({}) == adapter_kind::fastcgi);
}

TEST_CASE("the config file chooses the way to PHP") {
  CHECK(chosen({}, file_with_adapter("web")) == adapter_kind::web);
  CHECK(chosen({}, file_with_adapter("cli")) == adapter_kind::cli);
}

TEST_CASE("an option for the way to PHP wins over the config file") {
  CHECK(chosen({"--fcgi"}, file_with_adapter("web")) == adapter_kind::fastcgi);
  CHECK(chosen({"--web=SymfonyHttpClient"}, file_with_adapter("cli")) == adapter_kind::web);
  CHECK(chosen({"--cli"}, file_with_adapter("web")) == adapter_kind::cli);
}

TEST_CASE("an adapter that is not known is refused with the file's name") {
  CHECK_THROWS_WITH(chosen({}, file_with_adapter("foo")),
                    "/etc/cachetool.yml: adapter is \"foo\", and can be fastcgi, web or cli");
}

TEST_CASE("two ways to PHP contradict each other") {
  CHECK_THROWS_WITH(chosen({"--cli", "--web"}), "--web and --cli contradict each other");
  CHECK_THROWS_WITH(chosen({"--web", "--fcgi=/s"}), "--fcgi and --web contradict each other");
}

TEST_CASE("an option that the way to PHP would ignore is refused") {
  CHECK_THROWS_WITH(chosen({"--web-url=http://x"}), "--web-url means nothing to the adapter fastcgi");
  CHECK_THROWS_WITH(chosen({"--cli", "--fcgi-chroot=/srv"}), "--fcgi-chroot means nothing to the adapter cli");
  CHECK(chosen({"--web-url=http://x"}, file_with_adapter("web")) == adapter_kind::web);
}

TEST_CASE("a web site is what the options say, and for the rest the config file") {
  config file;
  file.web_url = "http://file";
  file.web_path = "/file";
  file.web_basic_auth = "me:secret";
  file.web_allow_insecure = true;
  auto const options =
      cli::choose_web(given({"opcache:reset", "--web", "--web-url=http://option", "--web-host=h"}), file);
  CHECK(options.url == "http://option");
  CHECK(options.path == "/file");
  CHECK(options.basic_auth == "me:secret");
  CHECK(options.host == "h");
  CHECK(options.allow_insecure);
}

TEST_CASE("the document root is the current directory if nothing else is said") {
  CHECK(cli::choose_web(given({"opcache:reset", "--web", "--web-url=http://x"}), {}).path == ".");
}

TEST_CASE("a web site without a URL is refused") {
  CHECK_THROWS_WITH(cli::choose_web(given({"opcache:reset", "--web"}), {}), "which web site is not said");
}

TEST_CASE("a web client that is not known is refused") {
  CHECK_THROWS_WITH(cli::choose_web(given({"opcache:reset", "--web=Guzzle", "--web-url=http://x"}), {}),
                    "--web=Guzzle is not known");
}

TEST_CASE("the chroot comes from the option, else from the config file") {
  config file;
  file.fastcgi_chroot = "/file";
  CHECK(cli::choose_fastcgi(given({"opcache:reset", "--fcgi-chroot=/option"}), file).place.chroot == "/option");
  CHECK(cli::choose_fastcgi(given({"opcache:reset"}), file).place.chroot == "/file");
}

TEST_CASE(
    "user and password for a web site come from a file, or from the environment, where they are not to be seen by "
    "all") {
  test::temp_dir const directory;
  std::ofstream(directory / "secret") << "me:from a file\n";
  std::vector<std::string> const line{"opcache:reset", "--web", "--web-url=http://x"};
  auto with_file = line;
  with_file.push_back("--web-basic-auth=@" + directory / "secret");
  environment env;
  env.web_basic_auth = "me:from the environment";
  CHECK(cli::choose_web(given(with_file), {}, env).basic_auth == "me:from a file");
  CHECK(cli::choose_web(given(line), {}, env).basic_auth == "me:from the environment");
  config file;
  file.web_basic_auth = "me:from the config file";
  CHECK(cli::choose_web(given(line), file, env).basic_auth == "me:from the config file");
  with_file.back() = "--web-basic-auth=@/no/such/file";
  CHECK_THROWS_WITH(cli::choose_web(given(with_file), {}, env),
                    "the file /no/such/file cannot be read: No such file or directory");
}
