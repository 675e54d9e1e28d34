#include <algorithm>
#include <future>
#include <mutex>
#include <span>
#include <system_error>

#include "caches/compile_rows.hpp"
#include "caches/file_by_file.hpp"
#include "caches/opcache.hpp"

namespace cachetool::opcache {
namespace {

constexpr std::size_t most_files = 100;         // in one request
constexpr std::size_t most_bytes = 64 * 1024;   // of their paths
constexpr std::size_t chunks_for_each_job = 4;  // so that no job is left with the last long one

struct row {
  compiled_script script;
  bool excluded = false;
};

compiled_script::outcome to_outcome(std::string_view word) {
  if (word == "cached") return compiled_script::outcome::cached;
  if (word == "kept") return compiled_script::outcome::kept;
  if (word == "not_cached") return compiled_script::outcome::not_cached;
  if (word == "left") return compiled_script::outcome::left;
  if (word == "no_room") return compiled_script::outcome::no_room;
  return compiled_script::outcome::failed;
}

row read_row(std::string_view text) {
  compile_row read = read_compile_row(text);
  row out;
  out.excluded = read.outcome == "excluded";
  out.script.what = to_outcome(read.outcome);
  out.script.why = std::move(read.why);
  out.script.warnings = std::move(read.warnings);
  return out;
}

/// One compilation of many files, shared by the jobs that work on it.
class compilation {
 public:
  compilation(std::vector<script_file> const& files, compile_options const& options, std::size_t jobs)
      : files_(files),
        options_(options),
        rows_(files.size()),
        share_(std::clamp(files.size() / (jobs * chunks_for_each_job), std::size_t{1}, most_files)) {
    if (jobs == 1) share_ = most_files;
  }

  /// Sends chunks until none is left, or another job has failed. Throws error.
  void work(adapter::adapter& php) {
    try {
      for (auto part = take(); !part.empty(); part = take()) compile_all(php, part);
    } catch (...) {
      std::lock_guard const lock(mutex_);
      next_ = files_.size();
      throw;
    }
  }

  /// Sends these; returns how many of them are done with.
  std::size_t compile(adapter::adapter& php, std::span<script_file const> part, one_at_a_time& next);

  [[nodiscard]] compile_report report();

 private:
  std::span<script_file const> take();
  void compile_all(adapter::adapter& php, std::span<script_file const> part) {
    one_at_a_time next;
    while (!part.empty()) {
      part = part.subspan(compile(php, part.first(next.most(part.size())), next));
    }
  }
  [[nodiscard]] agent::call call_for(std::span<script_file const> part) const;
  void answered(agent::answer const& answer);

  std::vector<script_file> const& files_;
  compile_options const& options_;
  std::vector<row> rows_;  // each job writes its own
  std::size_t share_;      // files in a chunk
  std::mutex mutex_;       // of what follows
  std::size_t next_ = 0;
  origin from_;
};

std::span<script_file const> compilation::take() {
  std::lock_guard const lock(mutex_);
  std::size_t const begin = next_;
  std::size_t bytes = 0;
  while (next_ < files_.size() && next_ - begin < share_ && (bytes == 0 || bytes < most_bytes)) {
    bytes += files_[next_++].path.size();
  }
  return {files_.data() + begin, next_ - begin};
}

agent::call compilation::call_for(std::span<script_file const> part) const {
  std::vector<std::string> paths;
  std::vector<std::string> names;
  for (script_file const& file : part) {
    paths.push_back(file.path);
    if (!options_.exclude.empty()) names.push_back(file.name);
  }
  agent::call call = ask("opcache.compile");
  call.timeout = options_.timeout;
  call.arguments = php::array{{{std::string("exclude"), list(options_.exclude)},
                               {std::string("paths"), list(paths)},
                               {std::string("names"), list(names)}}};
  return call;
}

void compilation::answered(agent::answer const& answer) {
  std::lock_guard const lock(mutex_);
  from_ = from(answer);
}

std::size_t compilation::compile(adapter::adapter& php, std::span<script_file const> part, one_at_a_time& next) {
  row* const rows = rows_.data() + (part.data() - files_.data());
  std::size_t done = 0;
  agent::call call = call_for(part);
  call.rows = [&](std::string_view text) {
    if (done == part.size()) throw error(error_kind::protocol, "more files were compiled than were sent");
    rows[done++] = read_row(text);
  };
  try {
    answered(run_to_compile(php, call, done));
    if (done == 0 && !part.empty()) throw error(error_kind::protocol, "what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind()) || part.empty()) throw;
    if (next.ended(failed.kind(), part.size(), done)) rows[done++].script.why = failed.message();
    return done;
  }
  next.passed(done);
  return done;
}

compile_report compilation::report() {
  compile_report out;
  out.from = from_;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (rows_[i].excluded) continue;
    rows_[i].script.path = files_[i].path;
    out.scripts.push_back(std::move(rows_[i].script));
  }
  return out;
}

}  // namespace

compile_report compile(std::vector<adapter::adapter*> const& php, std::vector<script_file> const& files,
                       compile_options const& options) {
  compilation shared(files, options, php.size());
  one_at_a_time next;
  if (files.empty()) shared.compile(*php.front(), {}, next);  // it may be that nothing can be cached
  std::vector<std::future<void>> others;
  try {
    for (std::size_t i = 1; i < php.size(); ++i) {
      others.push_back(std::async(std::launch::async, [&shared, job = php[i]] { shared.work(*job); }));
    }
  } catch (std::system_error const&) {  // no thread is to be had: those that there are do it all
  }
  shared.work(*php.front());
  for (auto& other : others) other.get();
  return shared.report();
}

}  // namespace cachetool::opcache
