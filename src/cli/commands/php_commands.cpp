#include "cli/commands/php_commands.hpp"

#include "caches/eval.hpp"
#include "cli/settings/read_file.hpp"
#include "cli/targets/targets.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

std::string choose_code(options const& given) {
  std::optional<std::string> const run = given.text("run");
  std::optional<std::string> const file = given.text("file");
  if (run && file) throw error(error_kind::usage, "--run and --file exclude each other");
  if (!run && !file) {
    throw error(error_kind::usage, "there is no code to run")
        .advise("give it with --run='return 1;' or --file=code.php");
  }
  if (run && run->empty()) throw error(error_kind::usage, "the option --run has an empty value");
  return run ? *run : caches::code_of_file(read_file(*file, given.seconds("deadline")));
}

/// Passes on what the code prints, in whole lines if possible: a character that is cut in the middle could not be
/// shown.
class code_output {
 public:
  explicit code_output(console& out) : out_(out) {}

  void add(std::string_view text) {
    constexpr std::size_t longest_line = 65536;
    held_ += text;
    std::size_t const end = held_.rfind('\n') + 1;  // 0 if there is none
    if (end > 0 || held_.size() > longest_line) pass_on(end > 0 ? end : held_.size());
  }

  void end() {
    pass_on(held_.size());
    out_.flush();
  }

  [[nodiscard]] bool is_empty() const noexcept { return last_ == '\0'; }
  [[nodiscard]] bool ends_inside_a_line() const noexcept { return last_ != '\n' && !is_empty(); }

 private:
  void pass_on(std::size_t count) {
    if (count == 0) return;
    last_ = held_[count - 1] == '\0' ? ' ' : held_[count - 1];
    out_.raw(std::string_view(held_).substr(0, count));
    held_.erase(0, count);
  }

  console& out_;
  std::string held_;
  char last_ = '\0';  // the last character that was passed on
};

// For a PHP without json, or with another form of var_export().
std::string format_value(std::string const& format, php::value const& value) {
  if (format == "var_export") return report::var_export(value);
  std::optional<std::string> const json = report::php_json(value);
  if (!json)
    throw error(error_kind::php_error, "what the code returned cannot be shown as json")
        .advise("try --format=var_export");
  return *json;
}

void show(console& out, code_output const& printed, std::string const& format, caches::evaluated const& what) {
  // Code that prints and returns nothing has already said everything.
  if (what.returned_null && format == "string" && !printed.is_empty()) return;
  if (printed.ends_inside_a_line()) out.write("\n");
  std::string const text = what.text ? *what.text : format_value(format, what.value);
  out.raw(format == "var_export" ? report::modern_var_export(text) : text);
  out.write("\n");
}

caches::evaluated evaluate(adapter::adapter& php, caches::evaluation& code, code_output& printed) {
  code.printed = [&printed](std::string_view text) { printed.add(text); };
  try {
    caches::evaluated what = caches::evaluate(php, code);
    printed.end();
    return what;
  } catch (error const&) {
    printed.end();
    throw;
  }
}

}  // namespace

exit_code php_eval(context& with) {
  caches::evaluation code;
  code.code = choose_code(with.given);
  code.format = with.given.text("format").value_or("string");
  code.timeout = with.given.seconds("timeout").value_or(std::chrono::seconds{120});
  return for_each_target(with, std::nullopt, [&](adapter::adapter& php, target_output& out) {
    code_output printed(out.streams());
    caches::evaluated const what = evaluate(php, code, printed);
    for (agent::note const& warning : what.warnings) out.streams().warning(agent::describe(warning));
    if (what.exited) {
      out.streams().warning("the code ended by exit, and PHP does not tell with which status");
    } else {
      show(out.streams(), printed, code.format, what);
    }
  });
}

}  // namespace cachetool::cli
