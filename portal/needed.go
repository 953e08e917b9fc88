package portal

import (
	"html/template"
	"text/template/parse"
)

// needed gives a template of its own to a page: what the page defines, the layout,
// and of all shared templates only those that either of them uses. Clones of all
// would hold a thousand copies of the same trees.
func needed(page, shared *template.Template) error {
	seen := map[string]bool{}
	var add func(name string) error
	add = func(name string) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		t := page.Lookup(name)
		if t == nil || t.Tree == nil {
			from := shared.Lookup(name)
			if from == nil || from.Tree == nil {
				return nil // showing the page says that it is missing
			}
			var err error
			if t, err = page.AddParseTree(name, from.Tree.Copy()); err != nil {
				return err
			}
		}
		for _, used := range uses(t.Tree.Root, nil) {
			if err := add(used); err != nil {
				return err
			}
		}
		return nil
	}
	names := []string{"layout"}
	for _, t := range page.Templates() {
		names = append(names, t.Name())
	}
	for _, name := range names {
		if err := add(name); err != nil {
			return err
		}
	}
	return nil
}

// uses adds the names of the templates that a tree calls.
func uses(n parse.Node, names []string) []string {
	branch := func(b *parse.BranchNode) []string {
		names = uses(b.List, names)
		if b.ElseList != nil {
			names = uses(b.ElseList, names)
		}
		return names
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, one := range n.Nodes {
			names = uses(one, names)
		}
	case *parse.TemplateNode:
		names = append(names, n.Name)
	case *parse.IfNode:
		return branch(&n.BranchNode)
	case *parse.RangeNode:
		return branch(&n.BranchNode)
	case *parse.WithNode:
		return branch(&n.BranchNode)
	}
	return names
}
