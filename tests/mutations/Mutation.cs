namespace InfluenceGen.Mutations;

/// <summary>A change of one place of the sources that makes them wrong.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="File">Where, from the repository's root.</param>
/// <param name="Find">What stands there, exactly once in the file.</param>
/// <param name="Write">What takes its place.</param>
/// <param name="Project">The test project that must notice, a folder of <c>tests</c>.</param>
/// <param name="Classes">Its test classes that must.</param>
internal sealed record Mutation(string Name, string File, string Find, string Write, string Project, string[] Classes)
{
    private static readonly string[] _keys = ["name", "file", "find", "write", "tests"];

    /// <summary>The mutations of a table: a paragraph each, a line for each of name, file, find, write and tests, in this order.</summary>
    /// <exception cref="FormatException">A paragraph is none; the message says where.</exception>
    public static List<Mutation> Read(string path)
    {
        var (mutations, values) = (new List<Mutation>(), new List<string>());
        var number = 0;
        foreach (var line in System.IO.File.ReadLines(path).Append(""))
        {
            number++;
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.Length > 0)
            {
                var key = _keys[Math.Min(values.Count, _keys.Length - 1)] + ":";
                if (values.Count == _keys.Length || !line.StartsWith(key, StringComparison.Ordinal))
                {
                    throw new FormatException($"{path}, line {number}: after {values.Count} lines of a mutation comes {(values.Count == _keys.Length ? "an empty line" : $"'{key}'")}, not '{line}'.");
                }

                values.Add(line[key.Length..].Trim());
            }
            else if (values.Count > 0)
            {
                if (values.Count < _keys.Length || values[4].Split(' ') is not [var project, _, ..] words)
                {
                    throw new FormatException($"{path}, line {number}: the mutation '{values[0]}' ends before it says which classes of which test project must notice it.");
                }

                mutations.Add(new(values[0], values[1], values[2], values[3], project, words[1..]));
                values.Clear();
            }
        }

        return mutations;
    }

    /// <summary>The file's text with the mutation.</summary>
    /// <exception cref="InvalidOperationException">What is to be replaced does not stand there exactly once.</exception>
    public string Applied(string root)
    {
        var path = Path.Combine(root, File);
        if (!System.IO.File.Exists(path))
        {
            throw new InvalidOperationException($"'{Name}': there is no {File}. Where did the code go?");
        }

        var text = System.IO.File.ReadAllText(path);
        var first = text.IndexOf(Find, StringComparison.Ordinal);
        return first >= 0 && text.IndexOf(Find, first + 1, StringComparison.Ordinal) < 0
            ? string.Concat(text.AsSpan(0, first), Write, text.AsSpan(first + Find.Length))
            : throw new InvalidOperationException($"'{Name}': {File} has {(first < 0 ? "no" : "more than one")} '{Find}'. Point the mutation at where its rule is now.");
    }
}
