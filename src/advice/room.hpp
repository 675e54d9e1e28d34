#pragma once

#include <cstdint>
#include <string>

#include "advice/facts.hpp"

/// How much room OPcache has, how much it needs, and what to write for more.
namespace cachetool::advice {

/// True if it is known what OPcache has in memory.
bool tells_of_scripts(subject const& of);

/// OPcache's memory as a whole.
std::int64_t total(opcache::memory_usage const& memory) noexcept;

/// A part of a whole in per cent, 0 to 100; 0 of nothing.
double share(std::int64_t part, std::int64_t whole) noexcept;

/// "15 %", "0.3 %"
std::string percent(double value);

/// True if no further name fits. Then PHP says that the cache is full, whatever memory is free.
bool has_all_keys_used(opcache::status const& of) noexcept;

/// The bytes that it takes to compile everything that is cached once more: to refresh every script, or for another
/// release like it. Needs of.memory.
std::int64_t for_all_anew(opcache::status const& of);

/// What to write so that `needed` bytes fit twice beside what is used. Empty if the present size does.
std::string more_memory(subject const& of, std::int64_t needed);

/// What to write, or do, so that OPcache has room for more names. Needs the statistics.
std::string more_keys(subject const& of);

}  // namespace cachetool::advice
