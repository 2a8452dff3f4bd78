using System.Globalization;

namespace Diecast.Tests.Repart;

/// <summary>
/// The layouts of upstream's own test (TEST-58-REPART), and more of their kind: what systemd-repart printed and wrote for the
/// same definitions and images is in <c>Cases</c>, with its version.
/// </summary>
public sealed class UpstreamCaseTests
{
    private static string Cases => Checkout.PathOf("tests/Diecast.Tests/Repart/Cases");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Cases).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [ToolTheory("sfdisk")]
    [MemberData(nameof(Names))]
    public void What_is_printed_and_written_equals_what_systemd_repart_prints_and_writes(string name)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["defs"]);
        RepartProgram.Result? result = null;
        foreach ((string kind, string argument, string body) in Steps(File.ReadAllText(Path.Combine(Cases, name + ".txt"))))
        {
            string path = directory[argument.Replace("@/", "", StringComparison.Ordinal)];
            switch (kind)
            {
                case "file":
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.WriteAllText(path, body);
                    break;
                case "truncate":
                    Tool.Check("truncate", "-s", argument.Split(' ')[0], directory[argument.Split(' ')[1]]);
                    break;
                case "sfdisk":
                    File.WriteAllText(directory["script"], body);
                    Tool.Check("sh", "-c", $"sfdisk {path} < {directory["script"]}");
                    break;
                case "run":
                    result = Run(argument, directory.Path);
                    break;
                case "expect":
                    Assert.True(result!.ExitCode.ToString(CultureInfo.InvariantCulture) == argument, result.Error);
                    Assert.Equal(body, result.Output.Replace(directory.Path, "@", StringComparison.Ordinal));
                    break;
                default:
                    Assert.Equal(body, File.Exists(path) ? Table(path, directory.Path) : "");
                    break;
            }
        }

        Assert.NotNull(result);
    }

    /// <summary>
    /// What sfdisk says of the table, without its own version's lines. That the protective entry counts in larger sectors than
    /// a file's is no fault of the table.
    /// </summary>
    private static string Table(string path, string directory) => string.Concat(Tool.Check("sfdisk", "--dump", path)
        .Split('\n')
        .Where(line => line.Length > 0 && !line.StartsWith("device", StringComparison.Ordinal) && !line.Contains("sector-size", StringComparison.Ordinal))
        .Where(line => !path.EndsWith("/s", StringComparison.Ordinal) || !line.StartsWith("GPT PMBR size mismatch", StringComparison.Ordinal))
        .Select(line => line.Replace(directory, "@", StringComparison.Ordinal) + "\n"));

    private static RepartProgram.Result Run(string line, string directory)
    {
        string[] words = [.. line.Split(' ').Select(word => word == "''" ? "" : word)];
        var environment = words.TakeWhile(word => !word.StartsWith('-'))
            .Select(word => word.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return RepartProgram.Run(
            environment,
            [.. words.Skip(environment.Count).Select(word => word.Replace("@", directory, StringComparison.Ordinal)), $"--seed={RepartProgram.Seed}", "--json=pretty", "--offline=yes"]);
    }

    private static IEnumerable<(string Kind, string Argument, string Body)> Steps(string text) =>
        text.Split("==== ", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(step =>
        {
            int end = step.IndexOf('\n', StringComparison.Ordinal);
            string[] head = step[..end].Split(' ', 2);
            return (head[0], head[1], step[(end + 1)..]);
        });
}
