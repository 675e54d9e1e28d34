#include "fpm/accounts.hpp"

#include <algorithm>
#include <string_view>

namespace cachetool::fpm {
namespace {

constexpr std::size_t largest_passwd = std::size_t{4} << 20;

std::string_view take(std::string_view& text, char until) {
  std::size_t const end = std::min(text.find(until), text.size());
  std::string_view const part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// passwd(5) and group(5) both begin with name:password:number. Empty if the number is not there.
std::string_view name_in(std::string_view table, std::string const& number) {
  while (!table.empty()) {
    std::string_view line = take(table, '\n');
    std::string_view const name = take(line, ':');
    take(line, ':');
    if (take(line, ':') == number) return name;
  }
  return {};
}

std::string name_or_number(std::string_view table, std::string const& number) {
  std::string_view const name = name_in(table, number);
  return name.empty() ? number : std::string(name);
}

std::string with_number(std::string_view table, char const* kind, std::string const& number) {
  std::string_view const name = name_in(table, number);
  std::string const id = kind + (" " + number);
  return name.empty() ? id : std::string(name) + " (" + id + ")";
}

}  // namespace

accounts::accounts(root_directory const& files)
    : users_(files.read("/etc/passwd", largest_passwd).value_or("")),
      groups_(files.read("/etc/group", largest_passwd).value_or("")) {}

std::string accounts::user(uid_t id) const {
  return name_or_number(users_, std::to_string(id));
}

std::string accounts::group(gid_t id) const {
  return name_or_number(groups_, std::to_string(id));
}

std::string accounts::user_and_number(uid_t id) const {
  return with_number(users_, "uid", std::to_string(id));
}

std::string accounts::group_and_number(gid_t id) const {
  return with_number(groups_, "gid", std::to_string(id));
}

}  // namespace cachetool::fpm
