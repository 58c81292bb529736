# systemfit where each equation has instruments of its own, so that the formulas of 3SLS differ, and restricted
# 2SLS, 3SLS and WLS. Run in /work/shared/reference: Rscript systems_extra.R OUT.json
source("scripts/common.R"); suppressMessages(library(systemfit))
kl <- read.csv("data/klein1.csv", na.strings = "NA")
eq <- list(Consumption = consump ~ corpProf + corpProfLag + wages, Investment = invest ~ corpProf + corpProfLag + capitalLag, PrivateWages = privWage ~ gnp + gnpLag + trend)
own <- list(Consumption = ~ govExp + taxes + govWage + trend + corpProfLag, Investment = ~ govExp + taxes + trend + capitalLag + corpProfLag, PrivateWages = ~ govExp + govWage + trend + gnpLag + capitalLag)
rec_reset()
go <- function(id, ...) tryrec(id, id, { s <- systemfit(eq, data = kl, ...); l <- list(names = I(names(coef(s))), coef = I(unname(coef(s))), se = I(unname(sqrt(diag(s$coefCov)))), vcov = mat(s$coefCov), residCov = mat(s$residCov), df_residual = s$df.residual, p_value = I(unname(summary(s)$coefficients[, 4]))); l })
for (rc in c("geomean", "noDfCor", "max")) {
  go(paste0("2SLS/", rc), method = "2SLS", inst = own, methodResidCov = rc)
  for (m in c("GLS", "IV", "GMM", "Schmidt", "EViews")) go(sprintf("3SLS/%s/%s", m, rc), method = "3SLS", inst = own, methodResidCov = rc, method3sls = m)
}
# Consumption's and Investment's coefficients of lagged profits sum to 0.9; one within an equation
R <- matrix(0, 2, 12); R[1, 3] <- 1; R[1, 7] <- 1; R[2, 10] <- 1; R[2, 11] <- -2; q <- c(0.9, 0.1)
for (m in c("OLS", "WLS", "SUR")) go(paste0("restricted/", m), method = m, restrict.matrix = R, restrict.rhs = q)
for (m in c("2SLS", "W2SLS", "3SLS")) go(paste0("restricted/", m), method = m, inst = own, restrict.matrix = R, restrict.rhs = q)
for (m in c("GLS", "IV", "GMM", "Schmidt")) go(paste0("restricted_3SLS/", m), method = "3SLS", inst = own, method3sls = m, restrict.matrix = R, restrict.rhs = q)
write_json17(commandArgs(TRUE)[1], meta("klein1", "data/klein1.csv", "tests/golden/scripts/systems_extra.R"))
