using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Diecast.Boot;

/// <summary>A foreign program, run with an environment of its own so that nothing of the caller's reaches its output.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Program">Absolute path of what is started.</param>
/// <param name="FirstArguments">Arguments before those of each run.</param>
internal sealed record Command(string Name, string Program, IReadOnlyList<string> FirstArguments)
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The path of a program of the build machine, or null.</summary>
    internal static string? FindOnHost(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:{SystemPath}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs the program to its end and returns what it wrote to standard output.</summary>
    /// <exception cref="BootException">It cannot be started, or ends with another code than 0; the message has its own.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the program was ended.</exception>
    internal string Run(IEnumerable<string> arguments, long epoch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in FirstArguments.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = SystemPath;
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        start.Environment["SOURCE_DATE_EPOCH"] = epoch.ToString(CultureInfo.InvariantCulture);
        using Process process = Start(start);
        using CancellationTokenRegistration ending = cancellation.Register(() => End(process));
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? output
            : throw new BootException($"{Name} ended with {process.ExitCode}: {error.GetAwaiter().GetResult().Trim()}");
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new BootException($"{Name} cannot be run");
        }
        catch (Win32Exception exception)
        {
            throw new BootException(
                $"{Name} cannot be run as {Program}: {exception.Message}; if its directory does not allow programs, "
                + "set TMPDIR to one that does", exception);
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
