#include "report/script_tree.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "report/json.hpp"
#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

using file_range = std::span<cached_file const>;

// A slash sorts before every other byte.
int rank(char c) noexcept {
  return c == '/' ? 0 : static_cast<unsigned char>(c) + 1;
}

bool is_before(cached_file const& one, cached_file const& other) {
  return std::lexicographical_compare(one.path.begin(), one.path.end(), other.path.begin(), other.path.end(),
                                      [](char a, char b) { return rank(a) < rank(b); });
}

// Where the deepest directory that holds all of them ends, at its slash; npos if it ends before `offset`.
std::size_t end_of_common_directory(file_range files, std::size_t offset) {
  std::string_view const first = files.front().path;
  std::string_view const last = files.back().path;
  auto const differ = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
  auto const common = static_cast<std::size_t>(differ.first - first.begin());
  std::size_t const slash = common == 0 ? std::string_view::npos : first.rfind('/', common - 1);
  return slash == std::string_view::npos || slash < offset ? std::string_view::npos : slash;
}

// The name that stands at `offset`, with the slash behind it if it is a directory's.
std::string_view name_at(cached_file const& file, std::size_t offset) {
  std::string_view const rest = std::string_view(file.path).substr(offset);
  return rest.substr(0, std::min(rest.find('/'), rest.size() - 1) + 1);
}

bool is_directory_name(std::string_view name) {
  return name.ends_with('/');
}

// Those at the front that lie in the same directory as the first one.
file_range take_directory(file_range files, std::size_t offset) {
  std::string_view const name = name_at(files.front(), offset);
  auto const end = std::find_if_not(files.begin(), files.end(), [&](cached_file const& each) {
    return std::string_view(each.path).substr(offset).starts_with(name);
  });
  return files.first(static_cast<std::size_t>(end - files.begin()));
}

void write_file(json_writer& json, cached_file const& file, std::size_t offset) {
  json.begin_array().string(escape_controls(std::string_view(file.path).substr(offset)));
  json.integer(file.memory).integer(file.hits).integer(file.age).end_array();
}

void write_contents(json_writer& json, file_range files, std::size_t offset);

void write_directory(json_writer& json, file_range files, std::size_t offset) {
  std::size_t const end = end_of_common_directory(files, offset);
  json.begin_array().string(escape_controls(std::string_view(files.front().path).substr(offset, end - offset)));
  write_contents(json, files, end + 1);
  json.end_array();
}

void write_contents(json_writer& json, file_range files, std::size_t offset) {
  json.begin_array();
  while (!files.empty()) {
    bool const is_directory = is_directory_name(name_at(files.front(), offset));
    file_range const next = is_directory ? take_directory(files, offset) : files.first(1);
    is_directory ? write_directory(json, next, offset) : write_file(json, files.front(), offset);
    files = files.subspan(next.size());
  }
  json.end_array();
}

void write_top(json_writer& json, file_range files) {
  if (!files.empty() && end_of_common_directory(files, 0) != std::string_view::npos) {
    return write_directory(json, files, 0);
  }
  json.begin_array().null();
  write_contents(json, files, 0);
  json.end_array();
}

/// A directory, and which of its files another directory beside it has as well.
struct sibling {
  file_range files;
  std::string_view name;
  std::size_t shared = 0;
};

std::vector<sibling> directories_in(file_range files, std::size_t offset) {
  std::vector<sibling> out;
  while (!files.empty()) {
    std::string_view const name = name_at(files.front(), offset);
    file_range const next = is_directory_name(name) ? take_directory(files, offset) : files.first(1);
    if (is_directory_name(name)) out.push_back({next, name.substr(0, name.size() - 1)});
    files = files.subspan(next.size());
  }
  return out;
}

void count_shared(std::vector<sibling>& all, std::size_t offset) {
  std::vector<std::pair<std::string_view, sibling*>> names;
  for (sibling& each : all) {
    for (cached_file const& file : each.files) {
      names.emplace_back(std::string_view(file.path).substr(offset + each.name.size() + 1), &each);
    }
  }
  std::stable_sort(names.begin(), names.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto const is_same = [&](std::size_t j) { return j < names.size() && names[j].first == names[i].first; };
    if (is_same(i + 1) || (i > 0 && is_same(i - 1))) ++names[i].second->shared;
  }
}

bool resembles_another(sibling const& one) {
  return one.shared >= 3 && one.shared * 2 >= one.files.size();
}

look_alikes::member member_of(sibling const& one) {
  look_alikes::member out{std::string(one.name), std::ssize(one.files), 0, INT64_MAX};
  for (cached_file const& file : one.files) {
    out.memory += file.memory;
    out.age = std::min(out.age, file.age);
  }
  return out;
}

// Those that resemble another one are told of, if there are two, and not looked into.
void look_below(file_range files, std::size_t offset, std::vector<look_alikes>& found) {
  std::vector<sibling> all = directories_in(files, offset);
  if (all.size() > 1) count_shared(all, offset);
  bool const is_group = std::count_if(all.begin(), all.end(), resembles_another) > 1;
  look_alikes group{files.front().path.substr(0, offset), {}};
  for (sibling const& each : all) {
    if (is_group && resembles_another(each)) {
      group.members.push_back(member_of(each));
    } else if (each.name != "vendor") {
      look_below(each.files, offset + each.name.size() + 1, found);
    }
  }
  auto const is_younger = [](auto const& one, auto const& other) {
    return std::tie(one.age, other.name) < std::tie(other.age, one.name);  // of equal ones, that with the later name
  };
  std::stable_sort(group.members.begin(), group.members.end(), is_younger);
  if (is_group) found.push_back(std::move(group));
}

}  // namespace

void sort_by_directory(std::vector<cached_file>& files) {
  std::sort(files.begin(), files.end(), is_before);
}

std::string script_tree(std::vector<cached_file> const& files) {
  std::string out;
  json_writer json([&out](std::string_view text) { out += text; });
  write_top(json, files);
  json.flush();
  return out;
}

// A "<" stands nowhere but in texts, and so may be written as an escape. So may these two ends of lines.
std::string json_in_script(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    std::string_view const three = json.substr(i, 3);
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {
      out += three == "\xE2\x80\xA8" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::vector<look_alikes> find_look_alikes(std::vector<cached_file> const& files) {
  std::vector<look_alikes> found;
  if (!files.empty()) look_below(files, 0, found);
  return found;
}

}  // namespace cachetool::report
