// Runs a fuzz target without a fuzzer: every file of a corpus directory, and some hundred mutations of each that are
// the same on every run. usage: replay DIRECTORY
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

constexpr int mutations_of_each = 300;

void run(std::string const& input) {
  // A copy of exactly that size, so that a sanitizer sees a read beyond its end.
  std::vector<std::uint8_t> const bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// The standard's distributions differ between libraries; the engine does not.
std::size_t pick(std::mt19937& random, std::size_t below) {
  return below == 0 ? 0 : random() % below;
}

/// Changes, removes, repeats or inserts a few bytes.
std::string mutated(std::string input, std::mt19937& random) {
  for (std::size_t steps = 1 + pick(random, 4); steps > 0; --steps) {
    std::size_t const at = pick(random, input.size() + 1);
    switch (pick(random, 4)) {
      case 0:
        input.insert(at, 1, static_cast<char>(random() & 0xff));
        break;
      case 1:
        input.erase(at, 1 + pick(random, 8));
        break;
      case 2:
        input.insert(at, input.substr(pick(random, input.size()), 1 + pick(random, 32)));
        break;
      default:
        if (at < input.size()) input[at] = static_cast<char>(random() & 0xff);
    }
  }
  return input;
}

std::string content_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) {
    std::fputs("usage: replay DIRECTORY\n", stderr);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (auto const& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::mt19937 random(20);
  for (auto const& path : files) {
    auto const seed = content_of(path);
    run(seed);
    for (int i = 0; i < mutations_of_each; ++i) run(mutated(seed, random));
  }
  std::printf("%zu files replayed\n", files.size());
  return files.empty() ? 1 : 0;
}
