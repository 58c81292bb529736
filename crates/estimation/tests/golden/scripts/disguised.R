# Correlations of regressors with other variables before and after effects, by residuals of lm on dummies: what
# tests/disguised.rs holds `disguised` to. Run in tests/golden: Rscript scripts/disguised.R (R 4.2.2).
d <- read.csv("data/grunfeld_unb.csv")
d <- d[order(d$firm, d$year), ]
n <- nrow(d)
w <- sin(seq_len(n))
d$exposure <- log(exp(d$firm / 3) * (d$year - 1900)^2 / d$capital) + 0.02 * w   # firm x year / capital, and noise
d$wave <- 40 + 2 * d$firm + w                     # moves by firm
d$wavy <- d$wave + 3 * (d$year - 1935)            # the same with a trend: one after both effects
lag1 <- function(x) { o <- rep(NA, n); for (i in seq_len(n)) { j <- which(d$firm == d$firm[i] & d$year == d$year[i] - 1); if (length(j)) o[i] <- x[j] }; o }
d$later <- lag1(d$value) + 50 * d$firm            # the lag of value, firm by firm shifted
d$growth <- (log(d$value) - lag1(log(d$value))) + 0.1 * d$firm
show <- function(name, x, z, effects) {
  f <- switch(effects, entity = "factor(firm)", time = "factor(year)", two_way = "factor(firm) + factor(year)")
  k <- !is.na(x) & !is.na(z)
  dd <- data.frame(x = x[k], z = z[k], firm = d$firm[k], year = d$year[k])
  a <- lm(as.formula(paste("x ~", f)), dd); b <- lm(as.formula(paste("z ~", f)), dd)
  cat(sprintf("%s %s r %.17g before %.17g rows %d df %d\n", name, effects, cor(resid(a), resid(b)), cor(dd$x, dd$z), sum(k), sum(k) - a$rank - 1))
}
for (e in c("entity", "two_way", "time")) {
  show("exposure~log capital", d$exposure, log(d$capital), e)
  show("wavy~wave", d$wavy, d$wave, e)
}
k <- !is.na(d$later)
show("later~lag value", d$later, lag1(d$value), "entity")
show("growth~dlog value", d$growth, lag1(log(d$value)) * 0 + log(d$value) - lag1(log(d$value)), "entity")
cat(R.version.string, "\n")
