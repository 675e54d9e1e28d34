#include "cli/commands/opcache_directives.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

constexpr std::string_view nothing = "(none)";
constexpr std::string_view tuning = "For fine tuning of the JIT compiler. Leave it.";

constexpr std::array all_directives{
    directive_facts{.name = "opcache.enable", .initial = "on", .meaning = "Whether OPcache works at all."},
    directive_facts{.name = "opcache.enable_cli",
                    .initial = "off",
                    .meaning = "The same for php on the command line, which php-fpm does not look at."},
    directive_facts{.name = "opcache.use_cwd",
                    .initial = "on",
                    .meaning = "Tells scripts of the same relative name in different directories apart. Leave it on."},
    directive_facts{.name = "opcache.validate_timestamps",
                    .initial = "on",
                    .meaning = "Whether PHP looks if a file has changed. Off is faster and right for releases that are "
                               "never edited, but then each deployment has to tell OPcache: deploy:switch, or "
                               "opcache:reset."},
    directive_facts{.name = "opcache.validate_permission",
                    .initial = "off",
                    .meaning =
                        "Asks each time whether this user may read the script. For pools of different users that "
                        "share a php-fpm."},
    directive_facts{.name = "opcache.validate_root",
                    .initial = "off",
                    .meaning = "Tells scripts of the same name in different root directories (chroot) apart."},
    directive_facts{.name = "opcache.dups_fix",
                    .initial = "off",
                    .meaning = "A workaround for errors \"Cannot redeclare class\". Leave it off."},
    directive_facts{.name = "opcache.revalidate_path",
                    .initial = "off",
                    .meaning = "Searches include_path each time. Only needed if a file may appear earlier in it."},
    directive_facts{.name = "opcache.log_verbosity_level",
                    .initial = "1",
                    .meaning = "How much OPcache logs: 0 fatal errors, 1 errors, 2 warnings, 3 and 4 more."},
    directive_facts{.name = "opcache.memory_consumption",
                    .initial = "128 MiB",
                    .meaning =
                        "Shared memory for scripts and strings. Make it large enough that a fifth stays free after "
                        "a deployment. In php.ini the number is megabytes."},
    directive_facts{.name = "opcache.interned_strings_buffer",
                    .initial = "8 MiB",
                    .meaning =
                        "The part of it for strings that scripts share. Frameworks often fill 8 MiB: then 16 to 64 "
                        "save memory."},
    directive_facts{.name = "opcache.max_accelerated_files",
                    .initial = "10,000",
                    .meaning =
                        "How many names of scripts fit. PHP rounds it up to a prime number. Have twice as many as "
                        "there are PHP files in a release."},
    directive_facts{.name = "opcache.max_wasted_percentage",
                    .initial = "5 %",
                    .meaning = "When the cache is full, PHP empties it only if so much is wasted. Else it stays full."},
    directive_facts{
        .name = "opcache.consistency_checks",
        .initial = "0",
        .meaning = "Checks each script's sum after so many uses. For debugging only; broken since PHP 8.1."},
    directive_facts{.name = "opcache.force_restart_timeout",
                    .initial = "180 s",
                    .meaning = "After a reset, PHP kills workers that still use the cache after this time."},
    directive_facts{.name = "opcache.revalidate_freq",
                    .initial = "2 s",
                    .meaning = "How long PHP trusts what it knows of a file before it looks again. Means nothing with "
                               "validate_timestamps off."},
    directive_facts{.name = "opcache.preferred_memory_model",
                    .initial = nothing,
                    .meaning = "Which kind of shared memory. Leave it to PHP."},
    directive_facts{.name = "opcache.blacklist_filename",
                    .initial = nothing,
                    .meaning = "A file with the names of scripts that are not to be cached."},
    directive_facts{.name = "opcache.max_file_size",
                    .initial = "0",
                    .meaning = "Larger files, in bytes, are not cached. 0: all are."},
    directive_facts{
        .name = "opcache.error_log", .initial = nothing, .meaning = "OPcache's own log. None: it logs where PHP does."},
    directive_facts{.name = "opcache.protect_memory",
                    .initial = "off",
                    .meaning = "Guards the memory against writes. For debugging only: it is slow."},
    directive_facts{.name = "opcache.save_comments",
                    .initial = "on",
                    .meaning =
                        "Keeps doc comments. Doctrine, PHPUnit and others read annotations from them; without such "
                        "libraries, off saves memory."},
    directive_facts{.name = "opcache.record_warnings",
                    .initial = "off",
                    .meaning = "Repeats a script's compile-time warnings each time that it is used."},
    directive_facts{.name = "opcache.enable_file_override",
                    .initial = "off",
                    .meaning =
                        "Has file_exists() and the like answered from the cache. Saves little, and may tell of files "
                        "that are gone."},
    directive_facts{.name = "opcache.optimization_level",
                    .initial = "0x7FFEBFFF",
                    .meaning = "Which optimisations are done, as bits. Leave it."},
    directive_facts{.name = "opcache.lockfile_path",
                    .initial = "/tmp",
                    .meaning = "The directory of the file by which the workers lock the cache."},
    directive_facts{.name = "opcache.file_cache",
                    .initial = nothing,
                    .meaning =
                        "A directory in which compiled scripts are kept as files, too. A reset does not empty it: "
                        "opcache:reset:file-cache does."},
    directive_facts{.name = "opcache.file_cache_only",
                    .initial = "off",
                    .meaning = "Keeps scripts in that directory alone, and none in memory."},
    directive_facts{.name = "opcache.file_cache_read_only",
                    .initial = "off",
                    .meaning = "Takes scripts from that directory, and writes none."},
    directive_facts{.name = "opcache.file_cache_consistency_checks",
                    .initial = "on",
                    .meaning = "Checks the sums of these files when they are loaded."},
    directive_facts{.name = "opcache.file_update_protection",
                    .initial = "2 s",
                    .meaning =
                        "Files younger than this are not cached yet: somebody may still write them. 0 is right if "
                        "releases are put in place in one step."},
    directive_facts{.name = "opcache.opt_debug_level", .initial = "0", .meaning = "Prints what the optimiser does."},
    directive_facts{.name = "opcache.restrict_api",
                    .initial = nothing,
                    .meaning = "Only scripts below this path may look at the cache or reset it."},
    directive_facts{.name = "opcache.huge_code_pages",
                    .initial = "off",
                    .meaning = "Puts PHP's own code on huge pages of memory, where the system allows it."},
    directive_facts{.name = "opcache.preload",
                    .initial = nothing,
                    .meaning = "A script that loads others when php-fpm starts. What it loads stays until a reload of "
                               "php-fpm; no reset changes it."},
    directive_facts{.name = "opcache.preload_user", .initial = nothing, .meaning = "Who runs that script."},
    directive_facts{.name = "opcache.jit",
                    .initial = "tracing",
                    .newer_from = "8.4",
                    .newer = "disable",
                    .meaning =
                        "How the JIT compiler works: tracing, function, off, disable. It speeds up computing, and "
                        "hardly a web site. It also needs a jit_buffer_size."},
    directive_facts{.name = "opcache.jit_buffer_size",
                    .initial = "0",
                    .newer_from = "8.4",
                    .newer = "64 MiB",
                    .meaning = "Memory for the code that the JIT compiler makes. 0: there is none, and JIT is off."},
    directive_facts{.name = "opcache.jit_debug", .initial = "0", .meaning = tuning},
    directive_facts{.name = "opcache.jit_bisect_limit", .initial = "0", .meaning = tuning},
    directive_facts{.name = "opcache.jit_blacklist_root_trace", .initial = "16", .meaning = tuning},
    directive_facts{.name = "opcache.jit_blacklist_side_trace", .initial = "8", .meaning = tuning},
    directive_facts{.name = "opcache.jit_hot_func", .initial = "127", .meaning = tuning},
    directive_facts{
        .name = "opcache.jit_hot_loop", .initial = "64", .newer_from = "8.5", .newer = "61", .meaning = tuning},
    directive_facts{.name = "opcache.jit_hot_return", .initial = "8", .meaning = tuning},
    directive_facts{.name = "opcache.jit_hot_side_exit", .initial = "8", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_exit_counters", .initial = "8,192", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_loop_unrolls", .initial = "8", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_polymorphic_calls", .initial = "2", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_recursive_calls", .initial = "2", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_recursive_returns", .initial = "2", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_root_traces", .initial = "1,024", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_side_traces", .initial = "128", .meaning = tuning},
    directive_facts{.name = "opcache.jit_max_trace_length", .initial = "1,024", .meaning = tuning},
    directive_facts{
        .name = "opcache.jit_prof_threshold", .initial = "0", .newer_from = "8.4", .newer = "0.005", .meaning = tuning},
};

constexpr std::array in_bytes{std::string_view("opcache.memory_consumption"),
                              std::string_view("opcache.jit_buffer_size")};
constexpr std::array in_seconds{std::string_view("opcache.force_restart_timeout"),
                                std::string_view("opcache.revalidate_freq"),
                                std::string_view("opcache.file_update_protection")};

template <std::size_t Count>
bool is_among(std::array<std::string_view, Count> const& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string hexadecimal(std::int64_t number) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest >>= 4U)
    out.insert(out.begin(), digits[rest & 0xFU]);
  return "0x" + (out.empty() ? "0" : out);
}

std::string number_text(std::string_view name, std::int64_t number) {
  if (is_among(in_bytes, name) && number > 0) return report::bytes(static_cast<double>(number));
  if (name == "opcache.interned_strings_buffer") return report::grouped(number) + " MiB";
  if (name == "opcache.optimization_level") return hexadecimal(number);
  return report::grouped(number) + (is_among(in_seconds, name) ? " s" : "");
}

// The minor version too: "8.4" and "8.4.1" are 8.4.
std::pair<int, int> major_and_minor(std::string_view version) {
  std::pair<int, int> out{0, 0};
  auto const* const end = version.data() + version.size();
  auto const major = std::from_chars(version.data(), end, out.first);
  if (major.ptr != end) std::from_chars(major.ptr + 1, end, out.second);
  return out;
}

}  // namespace

directive_facts const* find_directive(std::string_view name) noexcept {
  auto const* const found =
      std::find_if(all_directives.begin(), all_directives.end(), [&](auto const& each) { return each.name == name; });
  return found == all_directives.end() ? nullptr : found;
}

std::string_view initial_value(directive_facts const& of, std::string_view php_version) noexcept {
  bool const is_newer = !of.newer_from.empty() && major_and_minor(php_version) >= major_and_minor(of.newer_from);
  return is_newer ? of.newer : of.initial;
}

std::string directive_text(std::string_view name, php::value const& value) {
  if (value.kind() == php::value::type::boolean) return value.as_bool() ? "on" : "off";
  if (value.kind() == php::value::type::integer) return number_text(name, value.as_int());
  if (name == "opcache.max_wasted_percentage") return report::php_float(value.as_double() * 100) + " %";
  std::string const text = report::php_string(value);
  return text.empty() ? std::string(nothing) : text;
}

}  // namespace cachetool::cli
