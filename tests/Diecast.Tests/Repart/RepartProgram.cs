using Diecast.Cli.Rendering;

namespace Diecast.Tests.Repart;

/// <summary>Runs the command as systemd-repart, in this process, with an environment of its own.</summary>
internal static class RepartProgram
{
    internal const string Seed = "750b6cd5c4ae4012a15e7be3c29e6a47";

    internal sealed record Result(int ExitCode, string Output, string Error);

    internal static Result Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    internal static Result Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, outputRedirected: true, errorRedirected: true);
        int exitCode = DiecastProgram.RunRepartAsync(arguments, terminal, environment.GetValueOrDefault).GetAwaiter().GetResult();
        return new Result(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Makes an image that must come out, with the seed of upstream's tests.</summary>
    internal static Result Make(string definitions, string image, params string[] more) =>
        Make(new Dictionary<string, string>(), definitions, image, more);

    internal static Result Make(IReadOnlyDictionary<string, string> environment, string definitions, string image, params string[] more)
    {
        string[] size = more.Any(switch_ => switch_.StartsWith("--size", StringComparison.Ordinal)) ? [] : ["--size=auto"];
        Result result = Run(environment, [$"--definitions={definitions}", "--empty=create", .. size, $"--seed={Seed}", "--json=pretty", .. more, image]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    /// <summary>Writes definition files into a directory.</summary>
    internal static string Define(TempDirectory directory, params (string Name, string Settings)[] files)
    {
        string path = Directory.CreateDirectory(directory["repart.d"]).FullName;
        foreach ((string name, string settings) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, name))!);
            File.WriteAllText(Path.Combine(path, name), "[Partition]\n" + settings);
        }

        return path;
    }
}
