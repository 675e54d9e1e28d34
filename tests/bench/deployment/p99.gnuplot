# summary.csv -> p99.svg: how much each action raises p99. gnuplot -e "summary='FILE'; plot_file='FILE'" p99.gnuplot
set terminal svg size 900,420 font 'sans-serif,13' background rgb 'white'
set output plot_file
scenarios = system(sprintf("awk -F, 'NR > 1 && !seen[$1]++ { print $1 }' '%s'", summary))
actions = system(sprintf("awk -F, 'NR > 1 && !seen[$2]++ { print $2 }' '%s'", summary))
colours = '#9aa0a6 #1a7f37 #2e8fb0 #5fb3c9 #a5d4e0 #54a868 #d29922 #cf6f4b #b3404a #6e40a0'
set title 'p99 while it happens, against undisturbed'
set ylabel 'times'
set logscale y
set yrange [0.7:*]
set grid ytics back lt 1 lc rgb '#dddddd'
set style fill solid
set key outside right
set xrange [-0.6:words(scenarios) - 0.4]
set xtics ('' 0)
do for [s = 1:words(scenarios)] { set xtics add (word(scenarios, s) s - 1) }
width = 0.8 / words(actions)
set arrow from graph 0, first 1 to graph 1, first 1 nohead lc rgb '#444444' lw 1.5
bars(action) = sprintf("< awk -F, 'NR > 1 && !($1 in place) { place[$1] = n++ } $2 == \"%s\" { print place[$1], $13 }' '%s'", action, summary)
plot for [a = 1:words(actions)] bars(word(actions, a)) using ($1 + width * (a - (words(actions) + 1) / 2.0)):2:(width * 0.9) \
  with boxes lc rgb word(colours, a) title word(actions, a)
