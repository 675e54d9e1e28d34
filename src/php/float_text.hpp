#pragma once

#include <string>

/// Floats as PHP writes them: "0.1", "1.0E+25", "-0", "INF", "-INF", "NAN".
namespace cachetool::php {

/// The shortest text that reads back equal, as with serialize_precision=-1.
std::string float_text(double number);

/// Rounded to SIGNIFICANT digits (1 to 17), as with precision=SIGNIFICANT. Trailing zeros are not written.
std::string float_text(double number, int significant);

}  // namespace cachetool::php
