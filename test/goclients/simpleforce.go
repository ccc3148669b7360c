package main

import (
	"os"
	"path/filepath"

	"github.com/simpleforce/simpleforce"
)

// simpleForce does the steps by github.com/simpleforce/simpleforce.
func simpleForce(url, token, file string) steps {
	s := steps{}
	c := simpleforce.NewClient(url, simpleforce.DefaultClientID, "60.0")
	c.SetSidLoc(token, url)

	found, err := c.Query("SELECT Id, Name, Account.Name FROM Contact ORDER BY Name")
	var names []string
	if err == nil {
		for _, r := range found.Records {
			names = append(names, r.StringField("Name"))
		}
		if more := found.NextRecordsURL; more != "" {
			found, err = c.Query(more)
		}
	}
	s.try("query", names, err)

	objects, err := c.DescribeGlobal()
	s.try("objects", err == nil && (*objects)["sobjects"] != nil, err)
	described := c.SObject("Task").Describe()
	s.try("describe", described != nil && (*described)["name"] == "Task", nil)

	task := c.SObject("Task").Set("Subject", "By simpleforce").Set("CallType", "Outbound").Create()
	if task == nil {
		s["create"] = nil
		return s
	}
	s["create"] = task.ID()
	changed := c.SObject("Task").Set("Id", task.ID()).Set("Description", "changed").Update()
	s["update"] = changed != nil
	got := c.SObject("Task").Get(task.ID())
	s["get"] = got != nil && got.StringField("Description") == "changed"
	s.try("delete", true, c.SObject("Task").Set("Id", task.ID()).Delete())
	_, err = c.Query("SELECT Nope FROM Contact")
	s.try("refused", nil, err)

	dir, err := os.MkdirTemp("", "simpleforce-")
	if err != nil {
		s.try("download", nil, err)
		return s
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "file")
	err = c.DownloadFile(file, name)
	var content []byte
	if err == nil {
		content, err = os.ReadFile(name)
	}
	s.try("download", string(content), err)
	return s
}
