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
constexpr std::size_t chunks_for_each_job = 4;  // so that no job ends long after the others

struct row {
  compiled_script script;
  bool excluded = false;
};

compiled_script::outcome as_compiled(file_outcome what) {
  using outcome = compiled_script::outcome;
  return what == file_outcome::kept ? outcome::kept : outcome_of_compiling(what, outcome::cached);
}

row read_row(compile_row read) {
  row out;
  out.excluded = read.outcome == file_outcome::excluded;
  out.script.what = as_compiled(read.outcome);
  out.script.why = std::move(read.why);
  out.script.warnings = std::move(read.warnings);
  return out;
}

/// One compilation of many files, shared by several jobs.
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

  /// Used if there is no file that would show it. Throws error if OPcache can cache nothing.
  void find_no_cache(adapter::adapter& php) { answered(run_to_compile(php, call_for({}), 0)); }

  [[nodiscard]] compile_report report();

 private:
  std::span<script_file const> take();
  void compile_all(adapter::adapter& php, std::span<script_file const> part) {
    one_at_a_time next;
    while (!part.empty()) {
      part = part.subspan(compile(php, part.first(next.most(part.size())), next));
    }
  }
  // Returns how many of them are done.
  std::size_t compile(adapter::adapter& php, std::span<script_file const> part, one_at_a_time& next);
  [[nodiscard]] agent::call call_for(std::span<script_file const> part) const;
  void answered(agent::answer const& answer);

  std::vector<script_file> const& files_;
  compile_options const& options_;
  std::vector<row> rows_;  // each job writes its own rows
  std::size_t share_;      // files in a chunk
  std::mutex mutex_;       // guards what follows
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
  auto const keep = [rows](std::size_t i, compile_row row) { rows[i] = read_row(std::move(row)); };
  part_done const sent = send_part(php, part.size(), call_for(part), next, keep);
  if (sent.answer) answered(*sent.answer);
  return sent.files;
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
  if (files.empty()) shared.find_no_cache(*php.front());
  std::vector<std::future<void>> others;
  try {
    for (std::size_t i = 1; i < php.size(); ++i) {
      others.push_back(std::async(std::launch::async, [&shared, mine = php[i]] { shared.work(*mine); }));
    }
  } catch (std::system_error const&) {  // no thread is available: the ones that exist do everything
  }
  shared.work(*php.front());
  for (auto& other : others) other.get();
  return shared.report();
}

}  // namespace cachetool::opcache
