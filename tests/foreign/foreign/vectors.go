package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// A vector of spec/vectors/log, as far as this program reads it.
type vector struct {
	Name     string
	Expect   string
	Leaf     string
	Index    int64
	Size     int64
	Root     string
	OldSize  int64  `json:"old_size"`
	OldRoot  string `json:"old_root"`
	Proof    []string
	Policy   string
	Note     string
	File     string
	Entry    string
	Stricter bool // refused by Dauys alone: the other side may accept it
}

func runVectors(args []string) (any, error) {
	if len(args) != 1 {
		return nil, errors.New("usage: foreign vectors FOLDER")
	}
	run := map[string]func(vector) error{
		"inclusion.json":   checkInclusion,
		"consistency.json": checkConsistency,
		"policies.json":    checkPolicy,
		"proofs.json":      checkProof,
	}
	counts := map[string]int{}
	for file, check := range run {
		data, err := os.ReadFile(filepath.Join(args[0], file))
		if err != nil {
			return nil, err
		}
		var vectors []vector
		if err := json.Unmarshal(data, &vectors); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, v := range vectors {
			if err := check(v); (err == nil) != (v.Expect == "ok") && !v.Stricter {
				return nil, fmt.Errorf("%s: %q expects %s, got %v", file, v.Name, v.Expect, err)
			}
			counts[file]++
		}
	}
	return counts, nil
}

func hashes(texts []string) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

func checkInclusion(v vector) error {
	proof, err := hashes(append([]string{v.Leaf, v.Root}, v.Proof...))
	if err != nil {
		return err
	}
	if v.Index < 0 || v.Size < 1 || v.Index >= v.Size {
		return errors.New("no such leaf")
	}
	return tlog.CheckRecord(proof[2:], v.Size, proof[1], v.Index, proof[0])
}

func checkConsistency(v vector) error {
	proof, err := hashes(append([]string{v.OldRoot, v.Root}, v.Proof...))
	if err != nil {
		return err
	}
	if v.OldSize < 1 || v.OldSize > v.Size {
		return errors.New("no such trees")
	}
	return tlog.CheckTree(proof[2:], v.Size, proof[1], v.OldSize, proof[0])
}

func checkPolicy(v vector) error {
	policy, err := torchwood.ParsePolicy([]byte(v.Policy))
	if err != nil {
		return err
	}
	_, _, err = torchwood.VerifyCheckpoint([]byte(v.Note), policy)
	return err
}

func checkProof(v vector) error {
	policy, err := torchwood.ParsePolicy([]byte(v.Policy))
	if err != nil {
		return err
	}
	entry, err := base64.StdEncoding.DecodeString(v.Entry)
	if err != nil {
		return err
	}
	return torchwood.VerifyProof(policy, tlog.RecordHash(entry), []byte(v.File))
}
