#include "cli/line/command_line.hpp"

#include <algorithm>
#include <optional>

#include <cachetool/error.hpp>

#include "cli/line/nearest.hpp"

namespace cachetool::cli {
namespace {

using spec_list = std::vector<option_spec const*>;

void add_all(spec_list& list, std::span<option_spec const> specs) {
  for (option_spec const& spec : specs) {
    bool const known = std::any_of(list.begin(), list.end(), [&](auto* other) { return other->name == spec.name; });
    if (!known) list.push_back(&spec);
  }
}

// Before the command is known, options of any command are allowed on the line.
spec_list options_of_all_commands() {
  spec_list list;
  add_all(list, global_options());
  for (command_spec const& command : commands()) add_all(list, command.options);
  return list;
}

spec_list options_of(command_spec const& command) {
  spec_list list;
  add_all(list, global_options());
  add_all(list, command.options);
  return list;
}

std::vector<std::string_view> names_of(spec_list const& specs) {
  std::vector<std::string_view> names;
  for (option_spec const* spec : specs) names.push_back(spec->name);
  return names;
}

// The option with that name, or all those that the name abbreviates.
spec_list options_named(spec_list const& specs, std::string_view name) {
  spec_list found;
  for (option_spec const* spec : specs) {
    if (spec->name == name) return {spec};
    if (!name.empty() && spec->name.starts_with(name)) found.push_back(spec);
  }
  return found;
}

// Null if there is none.
option_spec const* option_with(spec_list const& specs, char letter) {
  auto const found = std::find_if(specs.begin(), specs.end(), [letter](auto* spec) { return spec->letter == letter; });
  return found == specs.end() ? nullptr : *found;
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (;;) {
    std::size_t const colon = name.find(':');
    parts.push_back(name.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    name.remove_prefix(colon + 1);
  }
}

bool abbreviates(std::string_view word, std::string_view name) {
  auto const short_parts = parts_of(word);
  auto const full_parts = parts_of(name);
  return short_parts.size() == full_parts.size() &&
         std::equal(short_parts.begin(), short_parts.end(), full_parts.begin(),
                    [](std::string_view a, std::string_view b) { return !a.empty() && b.starts_with(a); });
}

// The last part may be empty: it is not typed yet.
bool begins(std::string_view word, std::string_view name) {
  auto const typed = parts_of(word);
  auto const full = parts_of(name);
  return typed.size() <= full.size() &&
         std::equal(typed.begin(), typed.end(), full.begin(),
                    [](std::string_view a, std::string_view b) { return b.starts_with(a); });
}

// Nobody means an internal command by a part of its name.
std::vector<std::string_view> names_of(command_spec const& command) {
  std::vector<std::string_view> names = alternatives(command.aliases);
  names.push_back(command.name);
  return names;
}

std::vector<command_spec const*> matching_commands(std::string_view word) {
  std::vector<command_spec const*> found;
  for (command_spec const& command : commands()) {
    auto const names = names_of(command);
    if (std::find(names.begin(), names.end(), word) != names.end()) return {&command};
    if (std::any_of(names.begin(), names.end(), [&](auto name) { return abbreviates(word, name); })) {
      found.push_back(&command);
    }
  }
  return found;
}

std::vector<std::string_view> all_command_names() {
  std::vector<std::string_view> all;
  for (command_spec const& command : commands()) {
    auto const names = names_of(command);
    all.insert(all.end(), names.begin(), names.end());
  }
  return all;
}

bool names_a_command(std::string_view word) {
  return !matching_commands(word).empty();
}

// "--pool". Null if the word has its value in it, or there is no such option.
option_spec const* long_one(spec_list const& specs, std::string_view word) {
  if (word.find('=') != std::string_view::npos) return nullptr;
  auto const found = options_named(specs, word.substr(2));
  return found.size() == 1 ? found.front() : nullptr;
}

// For "-vt": the first letter that takes a value. Null if the value follows it in the same word.
option_spec const* last_short_one(spec_list const& specs, std::string_view word) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    option_spec const* const spec = option_with(specs, word[i]);
    if (spec == nullptr) return nullptr;
    if (spec->takes != arity::flag) return i + 1 == word.size() ? spec : nullptr;
  }
  return nullptr;
}

// The option whose value, if it takes one, would be the next word. Null if there is none.
option_spec const* option_without_value(spec_list const& specs, std::string_view word) {
  return word.starts_with("--") ? long_one(specs, word) : last_short_one(specs, word);
}

/// Finds the command among the words: the first word that is neither an option nor an option's value. Only the command
/// tells which options exist, so the options of all commands count here; errors in them are found later.
class command_finder {
 public:
  explicit command_finder(std::vector<std::string> const& words) : words_(words) {}

  [[nodiscard]] std::optional<std::size_t> find() {
    for (std::size_t at = 0; at < words_.size() && words_[at] != "--"; ++at) {
      if (!is_option(words_[at])) return at;
      if (specs_.empty()) specs_ = options_of_all_commands();  // most lines begin with the command
      if (value_follows(at)) ++at;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool value_follows(std::size_t at) const {
    option_spec const* const spec = option_without_value(specs_, words_[at]);
    if (spec == nullptr || spec->takes == arity::flag || at + 1 == words_.size()) return false;
    std::string const& next = words_[at + 1];
    return spec->takes == arity::value ? !is_option(next) : !next.starts_with('-') && !names_a_command(next);
  }

  std::vector<std::string> const& words_;
  spec_list specs_;
};

class reader {
 public:
  explicit reader(std::vector<std::string> const& words) : words_(words), command_at_(command_finder(words).find()) {}

  command_line read() {
    if (command_at_) find_the_command();
    specs_ = line_.command == nullptr ? options_of_all_commands() : options_of(*line_.command);
    for (at_ = 0; at_ < words_.size() && words_[at_] != "--"; ++at_) read_word(words_[at_]);
    for (++at_; at_ < words_.size(); ++at_) line_.arguments.push_back(words_[at_]);
    return std::move(line_);
  }

 private:
  // A word after an unknown option may have been meant as its value. If it is no command, the unknown option is what is
  // wrong with the line.
  void find_the_command() {
    std::string const& name = words_[*command_at_];
    auto const found = matching_commands(name);
    if (found.empty()) read_options_before_command();
    line_.command = found.size() == 1 ? found.front() : &find_command(name);
  }

  void read_options_before_command() {
    specs_ = options_of_all_commands();
    for (at_ = 0; at_ < *command_at_; ++at_) read_option(words_[at_]);
  }

  void read_word(std::string const& word) {
    if (is_option(word)) {
      read_option(word);
    } else if (at_ != command_at_) {
      line_.arguments.push_back(word);
    }
  }

  void read_option(std::string const& word) {
    if (word.starts_with("--")) {
      read_long(std::string_view(word).substr(2));
    } else {
      read_short(std::string_view(word).substr(1));
    }
  }

  void read_long(std::string_view text) {
    std::size_t const equals = text.find('=');
    option_spec const& spec = find_long(text.substr(0, equals));
    if (equals == std::string_view::npos) {
      add(spec, value_after(spec));
    } else if (spec.takes == arity::flag) {
      throw error(error_kind::usage, "the option --" + std::string(spec.name) + " takes no value");
    } else {
      add(spec, std::string(text.substr(equals + 1)));
    }
  }

  // "-vvq", "-t/tmp", "-t /tmp"
  void read_short(std::string_view letters) {
    for (; !letters.empty(); letters.remove_prefix(1)) {
      option_spec const& spec = find_short(letters.front());
      if (spec.takes == arity::flag) {
        add(spec, std::nullopt);
        continue;
      }
      add(spec, letters.size() > 1 ? std::optional(std::string(letters.substr(1))) : value_after(spec));
      return;
    }
  }

  // The value in the next word.
  std::optional<std::string> value_after(option_spec const& spec) {
    if (spec.takes == arity::flag) return std::nullopt;
    bool const has_next = at_ + 1 < words_.size();
    if (spec.takes == arity::value) {
      if (!has_next || is_option(words_[at_ + 1])) {
        error missing(error_kind::usage, "the option --" + std::string(spec.name) + " requires a value");
        if (has_next && words_[at_ + 1] != "--") {
          missing.advise("is a shell variable unset? A value that begins with a dash is given as --" +
                         std::string(spec.name) + "=VALUE");
        }
        throw missing;
      }
      return words_[++at_];
    }
    if (!has_next || words_[at_ + 1].starts_with('-') || at_ + 1 == command_at_) return std::nullopt;
    return words_[++at_];
  }

  option_spec const& find_long(std::string_view name) const {
    spec_list const found = options_named(specs_, name);
    if (found.size() == 1) return *found.front();
    std::string const shown = "the option --" + std::string(name);
    if (!found.empty()) throw error(error_kind::usage, shown + " is ambiguous").advise(suggest(names_of(found)));
    std::string const near = suggest(nearest(name, names_of(specs_)));
    throw error(error_kind::usage, shown + " does not exist" + where()).advise(near.empty() ? as_choice(name) : near);
  }

  // Suggests --format=json for "--json".
  std::string as_choice(std::string_view name) const {
    for (option_spec const* spec : specs_) {
      auto const choices = alternatives(spec->choices);
      if (std::find(choices.begin(), choices.end(), name) == choices.end()) continue;
      return "did you mean --" + std::string(spec->name) + "=" + std::string(name) + "?";
    }
    return {};
  }

  option_spec const& find_short(char letter) const {
    if (option_spec const* const spec = option_with(specs_, letter)) return *spec;
    throw error(error_kind::usage, std::string("the option -") + letter + " does not exist" + where());
  }

  std::string where() const { return line_.command == nullptr ? "" : " for " + std::string(line_.command->name); }

  static std::string suggest(std::vector<std::string_view> const& names) {
    std::vector<std::string> dashed;
    for (std::string_view const name : names) dashed.push_back("--" + std::string(name));
    return did_you_mean({dashed.begin(), dashed.end()});
  }

  void add(option_spec const& spec, std::optional<std::string> value) {
    line_.options.push_back({&spec, std::move(value)});
  }

  std::vector<std::string> const& words_;
  spec_list specs_;
  command_line line_;
  std::optional<std::size_t> command_at_;
  std::size_t at_ = 0;
};

/// Reads a line that is being typed.
class open_reader {
 public:
  explicit open_reader(std::vector<std::string> const& words)
      : words_(words), command_at_(command_finder(words).find()) {}

  open_line read() {
    if (command_at_) {
      auto const found = matching_commands(words_[*command_at_]);
      if (found.size() == 1) line_.command = found.front();
    }
    specs_ = line_.command == nullptr ? options_of_all_commands() : options_of(*line_.command);
    for (at_ = 0; at_ < words_.size(); ++at_) read_word(words_[at_]);
    return std::move(line_);
  }

 private:
  void read_word(std::string const& word) {
    if (line_.options_ended || !is_option(word)) {
      if (at_ != command_at_) ++line_.arguments;
    } else if (word == "--") {
      line_.options_ended = true;
    } else {
      read_option(word);
    }
  }

  void read_option(std::string const& word) {
    auto const named = word.starts_with("--")
                           ? options_named(specs_, std::string_view(word).substr(2, word.find('=') - 2))
                           : spec_list{};
    if (named.size() == 1) line_.given.push_back(named.front());
    option_spec const* const spec = option_without_value(specs_, word);
    if (spec == nullptr || spec->takes == arity::flag) return;
    bool const is_last = at_ + 1 == words_.size();
    if (is_last && spec->takes == arity::value) line_.wants_value = spec;
    if (!is_last && !words_[at_ + 1].starts_with('-') && at_ + 1 != command_at_) ++at_;
  }

  std::vector<std::string> const& words_;
  std::optional<std::size_t> command_at_;
  spec_list specs_;
  open_line line_;
  std::size_t at_ = 0;
};

// Names that other programs use.
constexpr std::pair<std::string_view, std::string_view> other_words[] = {{"flush", "clear"}, {"flush", "reset"},
                                                                         {"reset", "clear"}, {"stats", "status"},
                                                                         {"info", "status"}, {"gc", "prune"}};

// The parts of a name are found in the command's, in that order; with AT_END the last one is the last one there, too.
bool is_within(std::string_view name, std::string_view command, bool at_end) {
  auto const few = parts_of(name);
  auto const all = parts_of(command);
  auto wanted = few.begin();
  for (std::string_view const part : all) {
    if (wanted != few.end() && *wanted == part) ++wanted;
  }
  return wanted == few.end() && (!at_end || few.back() == all.back());
}

void add_related(std::vector<std::string_view>& found, std::string_view name, bool at_end = true) {
  for (command_spec const& command : commands()) {
    bool const is_new = std::find(found.begin(), found.end(), command.name) == found.end();
    if (!command.internal && is_new && is_within(name, command.name, at_end)) found.push_back(command.name);
  }
}

// The name with OURS in the place of its last part; empty if that is not OTHER.
std::string renamed(std::string_view name, std::string_view other, std::string_view ours) {
  if (parts_of(name).back() != other) return {};
  return std::string(name.substr(0, name.size() - other.size())).append(ours);
}

// "reset" and "opcache:clear" suggest opcache:reset, "apcu:clear" suggests apcu:cache:clear, and "compile" what has
// that in its name. Who says "clear" may mean any cache.
std::vector<std::string_view> related(std::string_view name) {
  std::vector<std::string_view> found;
  add_related(found, renamed(name, "clear", "reset"));
  add_related(found, name);
  if (!found.empty()) return found;
  for (auto const& [other, ours] : other_words) add_related(found, renamed(name, other, ours));
  if (found.empty()) add_related(found, name, false);
  return found;
}

}  // namespace

command_spec const& find_command(std::string_view name) {
  auto const found = matching_commands(name);
  if (found.size() == 1) return *found.front();
  std::vector<std::string_view> names;
  for (command_spec const* command : found) names.push_back(command->name);
  std::string const shown = "the command \"" + std::string(name) + "\"";
  if (!found.empty()) throw error(error_kind::usage, shown + " is ambiguous").advise(did_you_mean(names));
  auto near = related(name);
  if (near.empty()) near = nearest(name, all_command_names());
  throw error(error_kind::usage, shown + " does not exist")
      .advise(near.empty() ? "cachetool list shows every command" : did_you_mean(near));
}

command_line read_command_line(std::vector<std::string> const& arguments) {
  return reader(arguments).read();
}

void check_arguments(command_line const& line) {
  std::span<argument_spec const> const wanted = line.command->arguments;
  bool const any_number = !wanted.empty() && wanted.back().repeatable;
  if (line.arguments.size() > wanted.size() && !any_number) {
    auto const is_code = [](option_spec const& option) { return option.name == "run"; };
    bool const has_code = std::any_of(line.command->options.begin(), line.command->options.end(), is_code);
    throw error(error_kind::usage, std::string(line.command->name) + " takes " +
                                       (wanted.empty() ? "no arguments" : "no more arguments") + ", got \"" +
                                       line.arguments[wanted.size()] + "\"")
        .advise(has_code ? "code stands behind --run, a file's name behind --file: --run='return 1;'" : "");
  }
  for (std::size_t i = line.arguments.size(); i < wanted.size(); ++i) {
    if (wanted[i].required) {
      throw error(error_kind::usage,
                  std::string(line.command->name) + " needs the argument " + std::string(wanted[i].name));
    }
  }
}

std::vector<option_spec const*> open_line::options() const {
  spec_list list;
  if (command != nullptr) add_all(list, command->options);
  add_all(list, global_options());
  return list;
}

open_line read_open_line(std::vector<std::string> const& words) {
  return open_reader(words).read();
}

std::vector<command_spec const*> commands_begun_by(std::string_view word) {
  std::vector<command_spec const*> found;
  for (command_spec const& command : commands()) {
    if (!command.internal && begins(word, command.name)) found.push_back(&command);
  }
  return found;
}

}  // namespace cachetool::cli
