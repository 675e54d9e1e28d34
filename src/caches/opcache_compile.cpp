#include <algorithm>
#include <future>
#include <mutex>
#include <span>

#include "caches/opcache.hpp"
#include "caches/opcache_answer.hpp"

namespace cachetool::opcache {
namespace {

constexpr std::size_t most_files = 100;         // in one request
constexpr std::size_t most_bytes = 64 * 1024;   // of their paths
constexpr std::size_t chunks_for_each_job = 4;  // so that no job is left with the last long one

struct row {
  compiled_script script;
  bool excluded = false;
};

php::value list(std::vector<std::string> const& strings) {
  php::array out;
  for (std::string const& text : strings) out.entries.push_back({std::int64_t(out.entries.size()), text});
  return out;
}

std::string_view level_name(std::int64_t level) {
  constexpr std::int64_t deprecated = 8192;
  constexpr std::int64_t notice = 8;
  return level == deprecated ? "Deprecated" : level == notice ? "Notice" : "Warning";
}

std::string warning_text(php::value const& said) {
  return std::string(level_name(said["0"].as_int())) + ": " + std::string(said["1"].as_string()) + " in " +
         std::string(said["2"].as_string()) + " on line " + std::to_string(said["3"].as_int());
}

compiled_script::outcome to_outcome(std::string_view word) {
  if (word == "cached") return compiled_script::outcome::cached;
  if (word == "kept") return compiled_script::outcome::kept;
  if (word == "not_cached") return compiled_script::outcome::not_cached;
  return compiled_script::outcome::failed;
}

row read_row(std::string_view text) {
  auto const decoded = php::unserialize(text);
  if (!decoded || decoded->entries().size() != 3) {
    throw error(error_kind::protocol, "what became of a file cannot be read");
  }
  php::value const& fields = *decoded;
  row out;
  out.excluded = fields["0"].as_string() == "excluded";
  out.script.what = to_outcome(fields["0"].as_string());
  out.script.why = fields["1"].as_string();
  for (php::entry const& said : fields["2"].entries()) out.script.warnings.push_back(warning_text(said.item));
  return out;
}

// What may be the fault of the file that was being compiled.
bool ends_the_request(error_kind kind) {
  return kind == error_kind::php_error || kind == error_kind::memory_limit || kind == error_kind::worker_died;
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

  /// Sends these; returns how many of them are done with, at least one if there is one.
  std::size_t compile(adapter::adapter& php, std::span<script_file const> part);

  [[nodiscard]] compile_report report();

 private:
  std::span<script_file const> take();
  void compile_all(adapter::adapter& php, std::span<script_file const> part) {
    while (!part.empty()) part = part.subspan(compile(php, part));
  }
  [[nodiscard]] agent::call call_for(std::span<script_file const> part) const;
  void require_cache(agent::answer const& answer);

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

// Nothing was compiled if nothing would have been kept.
void compilation::require_cache(agent::answer const& answer) {
  php::value const& status = answer.result;
  if (!status["enabled"].as_bool() && !status["unknown"].as_bool()) {
    throw inactive_error(status["restart_pending"].as_bool());
  }
  std::lock_guard const lock(mutex_);
  from_ = from(answer);
}

std::size_t compilation::compile(adapter::adapter& php, std::span<script_file const> part) {
  row* const rows = rows_.data() + (part.data() - files_.data());
  std::size_t done = 0;
  agent::call call = call_for(part);
  call.rows = [&](std::string_view text) {
    if (done == part.size()) throw error(error_kind::protocol, "more files were compiled than were sent");
    rows[done++] = read_row(text);
  };
  try {
    require_cache(php.run(call));
    if (done == 0 && !part.empty()) throw error(error_kind::protocol, "what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind()) || part.empty()) throw;
    // The file after the last row is to blame, unless those before it are: it begins the next chunk.
    if (done == 0) rows[done++].script.why = failed.message();
  }
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
  if (files.empty()) shared.compile(*php.front(), {});  // it may be that nothing can be cached
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < php.size(); ++i) {
    others.push_back(std::async(std::launch::async, [&shared, job = php[i]] { shared.work(*job); }));
  }
  shared.work(*php.front());
  for (auto& other : others) other.get();
  return shared.report();
}

}  // namespace cachetool::opcache
