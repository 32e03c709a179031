# Reference values for the unit tests of adjust, power and quantile, by R: prints the rows of a table.
#
#     for m in adjust power quantile; do Rscript methods.R $m > ${m}_r.h; done

show <- function(x) paste(sprintf("%.17g", x), collapse = ", ")
start <- function(kind) cat(sprintf("static const struct %s %s[] = {\n", kind, kind))
row <- function(...) cat("\t{", paste(..., sep = ", "), "},\n", sep = "")
end <- function() cat("};\n")

adjust <- function() {
	set.seed(1)
	families <- list(0.03, c(0.01, 0.04), c(0.01, 0.01, 0.03), c(0.04, 0.001, 0.5, 0.012, 0.03, 0.9),
		c(0.2, 0.0125, 0.0125, 0.025), runif(12)^4, runif(12)^8, c(0, 1, 0.5, 1e-300))
	start("adjust_known")
	for (p in families) {
		for (method in c("none", "holm", "BH", "BY")) {
			row(length(p), sprintf("ADJUST_%s", toupper(method)), paste0("{", show(p), "}"),
				paste0("{", show(p.adjust(p, method)), "}"))
		}
	}
	end()
}

power <- function() {
	start("power_known")
	for (n in c(2, 5, 30, 1000, 1e6)) {
		for (alpha in c(0.05, 0.001)) {
			for (sd in c(1, 11.2)) {
				delta <- 3 * sd / sqrt(n)
				p <- power.t.test(n = n, delta = delta, sd = sd, sig.level = alpha)$power
				row(show(c(n, sd, alpha, delta, p)))
			}
		}
	}
	end()
	start("need_known")
	for (delta in c(0.02, 0.1, 0.5, 3)) {
		for (target in c(0.8, 0.95)) {
			n <- power.t.test(delta = delta, power = target, tol = 1e-9)$n
			row(show(c(delta, target, ceiling(n))))
		}
	}
	end()
}

quantile <- function() {
	x <- ((seq(0, 36) * 17) %% 37)^2 / 8
	start("type7_known")
	for (p in c(0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.975, 1)) row(show(c(p, stats::quantile(x, p, names = FALSE))))
	end()
}

what <- commandArgs(TRUE)
cat(sprintf("/* Made by methods.R %s with %s. Do not edit. */\n\n", what, R.version.string))
get(what)()
