# What a terminal shows, with its colours -> a picture of it (SVG). Reads printable ASCII and the sequences that set colours
# and bold; draws each line as wide as its number of characters says, so that the font changes nothing in the layout.
# awk -v columns=N -v title=TEXT -f terminal.awk
BEGIN {
  width = 8; height = 19; left = 18; top = 46
  colour["31"] = "red"; colour["32"] = "green"; colour["33"] = "yellow"; colour["39"] = ""
  bold["1"] = "bold"; bold["22"] = ""
}

function escaped(text) {
  gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
  return text
}

# What is in `run` so far looks alike.
function end_run(    looks) {
  if (run == "") return
  looks = ink (ink != "" && weight != "" ? " " : "") weight
  line = line (looks == "" ? escaped(run) : "<tspan class=\"" looks "\">" escaped(run) "</tspan>")
  run = ""
}

function end_line() {
  end_run()
  if (used > 0) {
    last = rows
    drawn = drawn sprintf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" xml:space=\"preserve\">%s</text>\n",
                          left, top + rows * height, used * width, line)
  }
  line = ""; used = 0; ++rows
}

function look_like(code) {
  end_run()
  if (code in colour) ink = colour[code]
  if (code in bold) weight = bold[code]
}

{
  rest = $0
  while (rest != "") {
    if (match(rest, /^\033\[[0-9]+m/)) {
      look_like(substr(rest, 3, RLENGTH - 3))
      rest = substr(rest, RLENGTH + 1)
      continue
    }
    if (used == columns) end_line()
    run = run substr(rest, 1, 1); ++used
    rest = substr(rest, 2)
  }
  end_line()
}

END {
  across = 2 * left + columns * width; down = top + last * height + left
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", across, down, across, down
  printf "<title>%s</title>\n", escaped(title)
  print "<style>"
  print "text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: #d8dee9 }"
  print ".red { fill: #ff7b72 } .green { fill: #7ee787 } .yellow { fill: #f2cc60 } .bold { font-weight: bold; fill: #ffffff }"
  print "</style>"
  printf "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#161b22\" stroke=\"#57606a\"/>\n", across - 1, down - 1
  print "<g fill=\"#57606a\"><circle cx=\"22\" cy=\"18\" r=\"5\"/><circle cx=\"40\" cy=\"18\" r=\"5\"/><circle cx=\"58\" cy=\"18\" r=\"5\"/></g>"
  printf "%s</svg>\n", drawn
}
