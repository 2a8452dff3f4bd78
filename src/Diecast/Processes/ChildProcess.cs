using System.ComponentModel;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Processes;

/// <summary>
/// Runs a program in a session of its own, with its output as a stream. When the run ends, for whatever reason, no
/// process of its group is left.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ChildProcessStart _start;
    private readonly int _process;
    private bool _terminating;
    private bool _reaped;
    private Timer? _grace;

    private ChildProcess(ChildProcessStart start, int process)
    {
        _start = start;
        _process = process;
    }

    /// <summary>Runs a program, hands its standard output to <paramref name="consume"/>, and waits for its success.</summary>
    /// <exception cref="BuildException">It cannot be started or it failed; with its last lines and its log.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the program and all that it started have ended.</exception>
    internal static T Run<T>(ChildProcessStart start, Func<Stream, T> consume, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string path = Find(start.Program, start.Environment)
            ?? throw new BuildException($"{start.Program} is not installed", start.MissingFix);
        (SafeFileHandle outputRead, SafeFileHandle outputWrite) = Spawn.CreatePipe();
        (SafeFileHandle errorRead, SafeFileHandle errorWrite) = Spawn.CreatePipe();
        ChildProcess child;
        using (outputWrite)
        using (errorWrite)
        {
            try
            {
                string[] environment = [.. start.Environment.Select(variable => $"{variable.Key}={variable.Value}")];
                child = new ChildProcess(
                    start, Spawn.Start(path, start.Arguments, environment, start.Directory, outputWrite, errorWrite));
            }
            catch (Win32Exception exception)
            {
                outputRead.Dispose();
                errorRead.Dispose();
                throw new BuildException($"{path} cannot be started: {exception.Message}", inner: exception);
            }
        }

        using var output = new FileStream(outputRead, FileAccess.Read, bufferSize: 0);
        using var log = new ProcessLog(start, errorRead);
        using (child)
            return child.Complete(output, consume, log, cancellation);
    }

    /// <summary>As <see cref="Run{T}"/>, with the output as text.</summary>
    internal static string RunForText(ChildProcessStart start, CancellationToken cancellation) =>
        Run(start, static output => new StreamReader(output).ReadToEnd(), cancellation);

    /// <summary>The path of a program as the child's own PATH finds it, or null.</summary>
    internal static string? Find(string program, IReadOnlyDictionary<string, string> environment)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return File.Exists(program) ? program : null;
        string search = environment.GetValueOrDefault("PATH") ?? "/usr/bin:/bin";
        return search.Split(':').Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }

    public void Dispose() => _grace?.Dispose();

    private static bool HasEnded(Stream output)
    {
        try
        {
            return output.ReadByte() < 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private T Complete<T>(Stream output, Func<Stream, T> consume, ProcessLog log, CancellationToken cancellation)
    {
        T? result = default;
        ExceptionDispatchInfo? fault = null;
        int exitCode;
        int signal;
        using (cancellation.Register(Terminate))
        {
            try
            {
                result = consume(output);
            }
#pragma warning disable CA1031 // Whatever went wrong, the program has to end before anyone hears of it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                fault = ExceptionDispatchInfo.Capture(exception);
            }

            // Where the output has ended the program may have failed, and says why; else only its reader has.
            if (fault is not null && !HasEnded(output))
                Terminate();

            Spawn.WaitUntilEnded(_process);
            lock (_lock)
            {
                // The leader is a zombie, so its number still is the group's: what it left behind ends here.
                Spawn.SignalGroup(_process, Spawn.SignalKill);
                (exitCode, signal) = Spawn.Reap(_process);
                _reaped = true;
            }
        }

        log.Finish();
        cancellation.ThrowIfCancellationRequested();
        if (_terminating || (fault is not null && exitCode == 0))
            fault?.Throw();
        if (exitCode != 0)
            throw Failed(exitCode, signal, log);
        return result!;
    }

    /// <summary>Asks the group to end; after the grace it is ended.</summary>
    private void Terminate()
    {
        lock (_lock)
        {
            if (_terminating || _reaped)
                return;
            _terminating = true;
            Spawn.SignalGroup(_process, Spawn.SignalTerminate);
            _grace = new Timer(_ => Kill(), null, _start.Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void Kill()
    {
        lock (_lock)
        {
            if (!_reaped)
                Spawn.SignalGroup(_process, Spawn.SignalKill);
        }
    }

    private BuildException Failed(int exitCode, int signal, ProcessLog log)
    {
        string how = signal != 0
            ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {signal}")
            : string.Create(CultureInfo.InvariantCulture, $"ended with {exitCode}");
        string said = log.LastLines.Count == 0 ? "" : ":\n  " + string.Join("\n  ", log.LastLines);
        return new BuildException($"{_start.Program} {how}{said}", log: _start.LogPath);
    }
}
