package settings

import "linecard/crm"

// echo checks the number of an account's echo test. Calls to it leave no trace, so that it may not be a number at which somebody can be called.
func (c *checker) echo(path string, a *Account, n Numbers) {
	plan := crm.NumberPlan{Region: n.Country, OutsidePrefix: n.OutsidePrefix, OwnNumbers: n.Own, AreaCode: n.AreaCode, ExitCode: n.ExitCode}
	plan.Extension, _ = crm.ExtensionPattern(n.Extension) // checked before
	if a.EchoTest != "" && crm.ParseNumber(a.EchoTest, plan).Public() {
		c.fault("settings.must-be-echo-test", "key", path+"echo_test", "value", a.EchoTest)
		a.EchoTest = ""
	}
}
