#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

// The drawing in docs/architecture.md says which room uses which. It is compared with what the sources
// include, both ways, so that neither can lie about the other.

namespace {

namespace fs = std::filesystem;
using rooms = std::map<std::string, std::set<std::string>>;

std::string read(fs::path const& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "cli/targets" for what lies in a room of the program, else the first directory: "fastcgi".
std::string room_of(fs::path const& path) {
  auto part = path.begin();
  std::string room = part->string();
  if (room != "cli" || std::distance(path.begin(), path.end()) < 3) return room;
  return room + "/" + (++part)->string();
}

// A public header belongs to the room that implements it.
std::string public_room_of(std::string const& header) {
  if (header == "error.hpp") return "base";
  std::size_t const slash = header.find('/');
  return slash == std::string::npos ? "caches" : header.substr(0, slash);
}

std::string included_room(std::string const& included) {
  constexpr std::string_view of_the_api = "cachetool/";
  if (included.starts_with(of_the_api)) return public_room_of(included.substr(of_the_api.size()));
  return included.starts_with("agents/") ? "agent" : room_of(included);
}

rooms what_is_included() {
  static std::regex const include(R"re(#include ["<]((?:[a-z_]+/)+[a-z_0-9]+\.hpp)[">])re");
  fs::path const top = CACHETOOL_SOURCES;
  rooms found;
  for (auto const& each : fs::recursive_directory_iterator(top)) {
    if (each.path().extension() != ".cpp" && each.path().extension() != ".hpp") continue;
    std::string const room = room_of(fs::relative(each.path(), top));
    std::string const text = read(each.path());
    auto& uses = found[room];
    for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
      std::string const other = included_room((*at)[1]);
      bool const is_ours = fs::is_directory(top / other);
      if (is_ours && other != room) uses.insert(other);
    }
  }
  return found;
}

// Lines of the drawing: "placement -> agent, fpm, base", the highest room first.
std::vector<std::pair<std::string, std::set<std::string>>> what_is_drawn() {
  static std::regex const line(R"(([a-z/]+) +->((?: [a-z/]+,?)*))");
  std::vector<std::pair<std::string, std::set<std::string>>> drawn;
  std::istringstream text(read(CACHETOOL_ARCHITECTURE));
  for (std::string each; std::getline(text, each);) {
    std::smatch parts;
    if (!std::regex_match(each, parts, line)) continue;
    std::string names = parts[2];
    std::replace(names.begin(), names.end(), ',', ' ');
    std::istringstream words(names);
    std::set<std::string> uses;
    for (std::string name; words >> name;) uses.insert(name);
    drawn.emplace_back(parts[1], uses);
  }
  return drawn;
}

std::string joined(std::set<std::string> const& names) {
  std::string out;
  for (std::string const& each : names) out += (out.empty() ? "" : ", ") + each;
  return out;
}

}  // namespace

TEST_CASE("the drawing of the rooms shows what each one includes, and nothing else") {
  auto const drawn = what_is_drawn();
  REQUIRE(drawn.size() > 10);
  rooms const included = what_is_included();
  CHECK(drawn.size() == included.size());
  for (auto const& [room, uses] : drawn) {
    INFO(room);
    CHECK(joined(uses) == joined(included.at(room)));
  }
}

TEST_CASE("no room uses one that stands above it") {
  std::set<std::string> above;
  for (auto const& [room, uses] : what_is_drawn()) {
    above.insert(room);
    for (std::string const& other : uses) {
      INFO(room << " uses " << other);
      CHECK_FALSE(above.contains(other));
    }
  }
}
