// wait_file>: FILE waits until the file is there, without holding anything while it waits: it asks
// to be called again and keeps its count in the state.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Command string `json:"command"`
	// Numbers may come as texts: 0.5 is one in a workflow, and so is what a template gives. A
	// json.Number takes both.
	Task struct {
		Every json.Number `json:"every"` // seconds
		Tries json.Number `json:"tries"`
	} `json:"task"`
	State struct {
		Tried int64 `json:"tried"`
	} `json:"state"`
}

func answer(members map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(members); err != nil {
		os.Exit(1)
	}
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		answer(map[string]any{"error": "no request: " + err.Error()})
		return
	}
	info, err := os.Stat(asked.Command)
	if err == nil {
		answer(map[string]any{"store": map[string]any{
			"wait_file": map[string]any{"size_bytes": info.Size()},
		}})
		return
	}
	tries, err := asked.Task.Tries.Int64()
	if err != nil {
		answer(map[string]any{"error": "tries: not a number: " + err.Error()})
		return
	}
	tried := asked.State.Tried + 1
	if tried >= tries {
		answer(map[string]any{"error": fmt.Sprintf("%s is not there after %d looks", asked.Command, tried)})
		return
	}
	answer(map[string]any{"again_in": asked.Task.Every, "state": map[string]any{"tried": tried}})
}
