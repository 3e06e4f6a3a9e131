set f [open lines.txt]
set n [llength [split [string trim [read $f]] \n]]
close $f
puts "$n [exec echo sub] [expr {2 ** 70}]"
after 50 { set done 1 }
vwait done
puts [clock format 0 -gmt 1 -format %Y]
