#include <algorithm>
#include <set>

#include <cachetool/error.hpp>

#include "docs/documents.hpp"
#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;
using cachetool::error_kind;

constexpr std::string_view kind_begins = "error_kind::";

std::string troubleshooting() {
  return test::text_of(fs::path(CACHETOOL_PROJECT) / "docs/troubleshooting.md");
}

/// All sources of the program, one after the other, with what stands in two literals joined, and quotes as they are
/// shown.
std::string sources() {
  std::string all;
  for (auto const& each : fs::recursive_directory_iterator(fs::path(CACHETOOL_PROJECT) / "src")) {
    if (each.path().extension() == ".cpp") all += test::text_of(each.path());
  }
  std::string out;
  for (std::size_t at = 0; at < all.size(); ++at) {
    std::size_t const next = all.find_first_not_of(" \n", at + 1);
    bool const goes_on = all[at] == '"' && next > at + 1 && next != all.npos && all[next] == '"' && all[at + 1] == '\n';
    if (goes_on) {
      at = next;
    } else if (all.compare(at, 2, "\\\"") == 0) {
      out += "''", ++at;
    } else {
      out += all[at];
    }
  }
  return out;
}

std::string trimmed(std::string const& text) {
  std::size_t const begin = text.find_first_not_of(' ');
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The beginnings of the messages in the sources. A wrong command line says itself what is wrong, and what breaks the
/// protocol says nothing to a user.
std::set<std::string> messages_of_the_program(std::string const& sources) {
  std::set<std::string> found;
  for (std::size_t at = sources.find(kind_begins); at != sources.npos; at = sources.find(kind_begins, at + 1)) {
    std::size_t const name_at = at + kind_begins.size();
    std::size_t const comma = sources.find(',', name_at);
    std::string const kind = sources.substr(name_at, comma - name_at);
    std::size_t const literal = sources.find_first_not_of(" \n", comma + 1);
    bool const is_message =
        kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == kind.npos && sources[literal] == '"';
    if (!is_message || kind == "usage" || kind == "config" || kind == "protocol") continue;
    found.insert(trimmed(sources.substr(literal + 1, sources.find('"', literal + 1) - literal - 1)));
  }
  return found;
}

/// What stands between ` and ` in the first column of the tables of messages.
std::vector<std::string> messages_of_the_document() {
  std::vector<std::string> found;
  std::string const all = troubleshooting();
  std::string const tables = all.substr(0, all.find("## The kinds of failures"));
  for (std::size_t row = tables.find("\n| `"); row != tables.npos; row = tables.find("\n| `", row + 1)) {
    std::string const cell = tables.substr(row + 3, tables.find(" | ", row + 3) - row - 3);
    for (std::size_t at = 0; at < cell.size();) {
      std::size_t const end = cell.find('`', at + 1);
      found.push_back(cell.substr(at + 1, end - at - 1));
      at = std::min(cell.find('`', end + 1), cell.size());
    }
  }
  return found;
}

/// The parts of a message between the names and numbers in it.
std::vector<std::string> parts_of(std::string message) {
  constexpr std::string_view any = "…";
  for (std::size_t at = 0; (at = message.find('"', at)) != message.npos;) message.replace(at, 1, "''");
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= message.size();) {
    std::size_t const end = std::min(message.find(any, at), message.size());
    if (std::string part = trimmed(message.substr(at, end - at)); !part.empty()) parts.push_back(std::move(part));
    at = end + any.size();
  }
  return parts;
}

}  // namespace

TEST_CASE("docs/troubleshooting.md has each kind of failure") {
  std::string const text = troubleshooting();
  for (int kind = 0; kind <= static_cast<int>(error_kind::no_resources); ++kind) {
    std::string const name(cachetool::name(static_cast<error_kind>(kind)));
    INFO(name);
    CHECK(text.find("\n| `" + name + "` | ") != text.npos);
  }
}

TEST_CASE("docs/troubleshooting.md has each message of the program") {
  std::vector<std::string> documented;
  for (std::string const& message : messages_of_the_document()) {
    for (std::string const& part : parts_of(message)) documented.push_back(part);
  }
  auto const messages = messages_of_the_program(sources());
  CHECK(messages.size() > 60);
  for (std::string const& message : messages) {
    INFO(message);
    CHECK(std::any_of(documented.begin(), documented.end(), [&](std::string const& part) {
      return message.starts_with(part) || part.find(message) != part.npos;
    }));
  }
}

TEST_CASE("docs/troubleshooting.md has no message that the program does not have") {
  std::string const all = sources();
  auto const messages = messages_of_the_document();
  CHECK(messages.size() > 80);
  for (std::string const& message : messages) {
    for (std::string const& part : parts_of(message)) {
      INFO(message << ": " << part);
      CHECK(all.find(part) != all.npos);
    }
  }
}
