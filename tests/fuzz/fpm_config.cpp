// Whatever a configuration holds, also one that includes itself: what is read is bounded, and every 'listen' is an
// endpoint or none.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fpm/config.hpp"

using namespace cachetool;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const text(reinterpret_cast<char const*>(data), size);
  int files = 0;
  fpm::config_source const source{
      [&](std::string const&) {
        if (++files > 10000) std::abort();
        return std::optional(text);
      },
      [](std::string const& pattern) { return std::vector<std::string>{pattern}; },
      [](std::string const& name) { return name.size() % 2 == 0 ? std::optional<std::string>("") : std::nullopt; },
      "/usr"};
  for (auto const& [pool, lines] : fpm::parse_config("/x", source).pools) {
    for (auto const& [name, line] : lines) fpm::listen_endpoint(line.value, "/usr");
  }
  return 0;
}
