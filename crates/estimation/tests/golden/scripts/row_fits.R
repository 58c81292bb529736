# Fitted values, hat values, Cook's distances, effects' levels, predicted random effects: the numbers in `tests/row_fits.rs`.
# R 4.2.2 (stats), plm 2.6-2.
suppressMessages(library(plm))
options(digits = 17)
rows <- 0:29
value <- function(row, salt) ((row * 7919 + salt * 104729 + row^3 * (31 + salt)) %% 997) / 100 + 1
d <- data.frame(
  entity = paste0("u", rows %/% 5), time = c(2001, 2002, 2004, 2005, 2006)[rows %% 5 + 1],
  x = value(rows, 1), z = value(rows, 2), y = value(rows, 4), w = rows %% 3 + 1
)
d$apart <- d$y + c(-4, -1, 0, 2, 3, 5)[rows %/% 5 + 1]
show <- function(name, m) {
  at <- c(1, 8, 30)
  cat(name, "\n")
  print(cbind(fitted(m), m$model[[1]] - fitted(m), hatvalues(m), cooks.distance(m))[at, ])
}
show("ols", lm(y ~ x + z, d))
show("within", lm(y ~ x + z + entity, d))
show("two ways", lm(y ~ x + z + entity + factor(time), d))
show("weighted within", lm(y ~ x + z + entity, d, weights = w))
p <- pdata.frame(d, index = c("entity", "time"))
within <- plm(y ~ x + z, p, model = "within")
print(summary(fixef(within)))
random <- plm(apart ~ x + z, p, model = "random", random.method = "swar")
print(ranef(random))
print(coef(random)[1] + coef(random)[2] * d$x + coef(random)[3] * d$z)
print(summary(lm(y ~ 1, d))$coefficients)
