using System.Diagnostics;
using System.Globalization;

namespace Diecast.Bench;

/// <summary>
/// Where commands are measured: a directory of inputs (<c>bench/inputs.sh</c>) with the newest peers in <c>peers</c>, a directory
/// of its own in it that goes with it, the program of the checkout and the measuring programs. Scripts start in the checkout.
/// </summary>
public sealed class Workbench : IDisposable
{
    /// <param name="inputs">The directory of inputs.</param>
    /// <param name="work">Path of the directory to work in; a new one in the inputs without it.</param>
    public Workbench(string inputs, string? work = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Inputs = Path.GetFullPath(inputs);
        Work = Directory.CreateDirectory(work ?? Path.Combine(Inputs, string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}"))).FullName;
        Diecast = Path.GetFullPath("artifacts/program/diecast");
        Measuring = Compile("measure");
    }

    /// <summary>The directory of inputs.</summary>
    public string Inputs { get; }

    /// <summary>The directory to work in.</summary>
    public string Work { get; }

    /// <summary>The program of the checkout, as <c>./diecast</c> publishes it.</summary>
    public string Diecast { get; }

    private string Measuring { get; }

    /// <summary>Publishes the program of the checkout, where it is not there as it is written.</summary>
    public static void PublishProgram() => Run("./diecast", "--version");

    /// <summary>A path in the directory to work in.</summary>
    public string At(string name) => Path.Combine(Work, name);

    /// <summary>Compiles one of <c>bench/native</c>; gives its path.</summary>
    public string Compile(string program)
    {
        Run("cc", "-O2", "-o", At(program), $"bench/native/{program}.c");
        return At(program);
    }

    /// <summary>A definition with the keys of <c>image</c>; gives its path.</summary>
    public string Define(string fileSystem, string content)
    {
        string path = At(string.Create(CultureInfo.InvariantCulture, $"{Directory.GetFiles(Work, "*.yaml").Length}.yaml"));
        File.WriteAllText(path, $$"""
            name: tree
            epoch: 2025-08-09
            image:
              partitionTable: none
              partitions:
                - fileSystem: { {{fileSystem}} }
                  content: { {{content}} }

            """);
        return path;
    }

    /// <summary>The command that builds a definition; without a digest, as no peer makes one.</summary>
    public string[] Build(string definition, string output, string digest = "none") =>
        [Diecast, "build", "-q", "--digest", digest, definition, "-o", output];

    /// <summary>The command of the newest of a program, with its own libraries, whatever this machine has.</summary>
    /// <param name="program">Its name and, where that is not usr/bin, its directory below the peers.</param>
    /// <param name="arguments">Its arguments.</param>
    public string[] Peer(string program, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(program);
        string peers = Path.Combine(Inputs, "peers");
        string libraries = Directory.GetDirectories(Path.Combine(peers, "usr/lib"), "*-linux-gnu")[0];
        string loader = Directory.GetFiles(libraries, "ld-linux*.so.*")[0];
        string path = program.Contains('/', StringComparison.Ordinal) ? $"{peers}/{program}" : $"{peers}/usr/bin/{program}";
        return [loader, "--library-path", $"{libraries}:{libraries}/android", path, .. arguments];
    }

    /// <summary>Runs a command that makes a file, which is not there before.</summary>
    public Sample Measure(string output, string[] command)
    {
        File.Delete(output);
        return Measure(command, () => new FileInfo(output).Length);
    }

    /// <summary>Runs a command.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="size">Tells the bytes of what it made.</param>
    public Sample Measure(string[] command, Func<long>? size = null)
    {
        string report = At("report");
        Run([Measuring, report, .. command]);
        return Sample.Parse(File.ReadAllText(report), size?.Invoke() ?? 0);
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public static string Run(params string[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', command)} ended with {process.ExitCode}: {text}{errors.Result}"));
    }

    /// <summary>Removes the directory to work in.</summary>
    public void Dispose() => Directory.Delete(Work, recursive: true);
}
