# Values for crates/vintner/tests/shapes.rs, by base R's `lm`. The data are the ones that the test writes: whole
# numbers and their remainders, so that both make the same. Run: Rscript --vanilla shapes.R > shapes.json
options(digits = 17)
number <- function(x) formatC(x, digits = 15, format = "g")
told <- function(name, values) {
  cat(sprintf('  "%s": {%s},\n', name,
              paste(sprintf('"%s": %s', names(values), number(values)), collapse = ", ")))
}
estimates <- function(name, fit, keep = names(coef(fit))) {
  told(name, coef(fit)[keep])
  told(paste0(name, " se"), sqrt(diag(vcov(fit)))[keep])
}
robust <- function(fit, meat) {
  bread <- summary(fit)$cov.unscaled
  sqrt(diag(bread %*% meat %*% bread))
}

cat("{\n")
cat(sprintf('  "generator": "shapes.R, R %s.%s",\n', R.version$major, R.version$minor))

# A quarterly series: 24 quarters from 1998Q3, without 2001Q1.
t <- 0:23
quarter <- 1998 * 4 + 2 + t
x <- ((t * 7) %% 11) / 4 + t / 10
y <- 2 + x / 2 + (((t * 5) %% 7) - 3) / 5
kept <- quarter != 2001 * 4
series <- data.frame(quarter, x, y)[kept, ]
at <- function(q) series$x[match(q, series$quarter)]
series$x_before <- at(series$quarter - 1)
series$x_year <- series$x - at(series$quarter - 4)
series$era <- factor(ifelse(series$quarter >= 2001 * 4 + 1, "late", "early"))
estimates("series", lm(y ~ x + x_before + x_year + era, series))

# A monthly panel: 4 firms, 18 months from 2003-11; the third firm has no 2004-06.
panel <- expand.grid(month = 0:17, firm = 0:3)
panel$x <- ((panel$month * 5 + panel$firm * 3) %% 13) / 3 + panel$firm
panel$y <- panel$x * 0.7 + panel$firm + ((panel$month * 7 + panel$firm * 11) %% 17) / 6
panel <- panel[!(panel$firm == 2 & panel$month == 7), ]
key <- function(firm, month) paste(firm, month)
panel$x_before <- panel$x[match(key(panel$firm, panel$month - 1), key(panel$firm, panel$month))]
fit <- lm(y ~ x + x_before + factor(firm) + factor(month), panel)
estimates("panel", fit, c("x", "x_before"))

# A cross-section without ids: 40 rows, one without a region.
i <- 0:39
rows <- data.frame(
  region = c("west", "north", "south", "north", "south")[(i * 3) %% 5 + 1],
  x = ((i * 11) %% 17) / 4,
  y = ((i * 11) %% 17) / 3 + ((i * 13) %% 19) / 5
)
rows$region[8] <- NA
rows$region <- relevel(factor(rows$region), ref = "south")
fit <- lm(y ~ x + region, rows)
estimates("cross_section", fit)
scores <- model.matrix(fit) * resid(fit)
told("cross_section hc1", robust(fit, crossprod(scores)) * sqrt(nobs(fit) / df.residual(fit)))
used <- rows$region[!is.na(rows$region)]
told("cross_section by region", robust(fit, crossprod(rowsum(scores, as.character(used)))))

# Two-stage least squares of the same, x by z: the second stage's coefficients, with the residuals of x itself.
rows$z <- (i * 5) %% 23 + (i * 11) %% 17
rows$x_hat <- NA
rows$x_hat[!is.na(rows$region)] <- fitted(lm(x ~ z + region, rows))
second <- lm(y ~ x_hat + region, rows)
residuals <- rows$y[!is.na(rows$region)] - model.matrix(fit) %*% coef(second)
scale <- sqrt(sum(residuals^2) / df.residual(second))
named <- function(values) setNames(values, names(coef(fit)))
told("instruments", named(coef(second)))
told("instruments se", named(scale * sqrt(diag(summary(second)$cov.unscaled))))

# Repeated cross-sections: the same rows over three years.
rows$year <- 2001 + i %% 3
estimates("repeated", lm(y ~ x + region + factor(year), rows), c("x", "regionnorth", "regionwest"))
cat('  "rows": 40\n}\n')
