#include "agent/php_messages.hpp"

#include "support/catch.hpp"

using namespace cachetool;

// What php-fpm 7.4.33, 8.2.36, 8.3.8, 8.4.14 and 8.5.2 wrote, recorded. Equal ones stand here once, with all versions.

TEST_CASE("a memory_limit that was reached is recognised") {
  char const* const said = GENERATE(
      "PHP message: PHP Fatal error:  Allowed memory size of 2097152 bytes exhausted (tried to allocate 12288 bytes) "
      "in "
      "/srv/mem.php on line 1",  // 7.4 to 8.4
      "PHP message: PHP Fatal error:  Allowed memory size of 2097152 bytes exhausted (tried to allocate 2097160 bytes) "
      "in /srv/mem.php on line 1\nStack trace:\n#0 {main}");  // 8.5
  CHECK(php_messages::is_out_of_memory(said));
}

TEST_CASE("the function that is undefined in the agent's namespace is named") {
  CHECK(php_messages::undefined_function(  // 7.4 to 8.5
            "PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function cachetool\\scandir() in "
            "/srv/undef.php:1\nStack trace:\n#0 {main}\n  thrown in /srv/undef.php on line 1") == "scandir");
  CHECK_FALSE(php_messages::undefined_function("Call to undefined function scandir() in /srv/a.php:1"));
}

TEST_CASE("open_basedir is recognised, with the directories that it allows") {
  char const* const said = GENERATE(
      "PHP message: PHP Warning:  Unknown: open_basedir restriction in effect. File(/tmp/a.php) is not within the "
      "allowed path(s): (/srv:/var/www) in Unknown on line 0PHP message: PHP Warning:  Unknown: failed to open stream: "
      "Operation not permitted in Unknown on line 0Unable to open primary script: /tmp/a.php (Operation not "
      "permitted)",  // 7.4
      "PHP message: PHP Warning:  PHP Request Startup: open_basedir restriction in effect. File(/tmp/a.php) is not "
      "within the allowed path(s): (/srv:/var/www) in Unknown on line 0; PHP message: PHP Warning:  PHP Request "
      "Startup: Failed to open stream: Operation not permitted in Unknown on line 0; Unable to open primary script: "
      "/tmp/a.php (Operation not permitted)");  // 8.2 to 8.5
  CHECK(php_messages::is_about_open_basedir(said));
  CHECK(php_messages::allowed_paths(said) == "/srv:/var/www");
  CHECK_FALSE(php_messages::is_about_a_missing_file(said));
}

TEST_CASE("a file that is not there is recognised") {
  char const* const said = GENERATE(
      "PHP message: PHP Warning:  file_get_contents(/nonexistent): failed to open stream: No such file or directory in "
      "/srv/miss.php on line 1",  // 7.4
      "PHP message: PHP Warning:  file_get_contents(/nonexistent): Failed to open stream: No such file or directory in "
      "/srv/miss.php on line 1");  // 8.2 to 8.5
  CHECK(php_messages::is_about_a_missing_file(said));
  CHECK(php_messages::allowed_paths(said).empty());
}

TEST_CASE("security.limit_extensions is recognised") {
  CHECK(php_messages::is_about_limit_extensions(
      "Access to the script '/srv/x.txt' has been denied (see security.limit_extensions)"));
}

TEST_CASE("the pages that php-fpm sends instead of a script's are told apart") {
  CHECK(php_messages::is_file_not_found_page("File not found.\n"));
  CHECK(php_messages::is_no_input_page("No input file specified.\n"));
  CHECK(php_messages::is_access_denied_page("Access denied.\n"));
  CHECK_FALSE(php_messages::is_file_not_found_page("<html>File not found.</html>"));
}

TEST_CASE("code that was given to eval is told from a file") {
  CHECK(php_messages::is_evaluated_code("/srv/ev.php(1) : eval()'d code"));
  CHECK_FALSE(php_messages::is_evaluated_code("/srv/ev.php"));
}
