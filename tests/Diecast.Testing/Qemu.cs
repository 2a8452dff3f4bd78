using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Diecast.Testing;

/// <summary>A machine under QEMU whose serial console a test reads and types on.</summary>
/// <remarks>
/// Waiting is for output, never for time: each expectation ends as soon as its text is there, and fails when the
/// machine panics, says what it must not, ends, or has not said it within its limit. Failures carry the transcript.
/// </remarks>
public sealed class Qemu : IDisposable
{
    private const int TranscriptTail = 6000;

    private readonly TempDirectory _directory = new();
    private readonly StringBuilder _console = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;
    private readonly Regex _refused;
    private readonly Thread _reader;
    private bool _ended;
    private int _position;

    private Qemu(QemuOptions options)
        : this(options, options.Network ? QemuCommand.FreePort() : 0)
    {
    }

    private Qemu(QemuOptions options, int sshPort)
        : this(Program(options.Architecture), directory => QemuCommand.Arguments(options, directory, sshPort), options.Refused) => SshPort = sshPort;

    private Qemu(string program, Func<string, IEnumerable<string>> arguments, string refused)
    {
        _refused = new Regex($"Kernel panic - [^\n]*|end Kernel panic|Unable to handle kernel [^\n]*|{refused}", RegexOptions.CultureInvariant | RegexOptions.Multiline);
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments(_directory.Path))
            start.ArgumentList.Add(argument);

        // QEMU keeps what a snapshot disk takes in TMPDIR; it goes with the machine's directory.
        start.Environment["TMPDIR"] = _directory.Path;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_console)
                _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        _reader = new Thread(ReadConsole) { IsBackground = true, Name = "QEMU console" };
        _reader.Start();
    }

    /// <summary>The port of 127.0.0.1 that leads to the guest's port 22; 0 without a network.</summary>
    public int SshPort { get; }

    /// <summary>Everything that the console has shown, without terminal control sequences.</summary>
    public string Transcript
    {
        get
        {
            lock (_console)
                return _console.ToString();
        }
    }

    /// <summary>Starts a machine.</summary>
    public static Qemu Start(QemuOptions options) => new(options);

    /// <summary>Starts a program that runs a machine with its console on standard input and output.</summary>
    public static Qemu Start(string program, params string[] arguments) => new(program, _ => arguments, new QemuOptions().Refused);

    /// <summary>Why machines of this kind cannot run here, or null when they can.</summary>
    public static string? Missing(QemuFirmware firmware, string architecture = "x86_64")
    {
        if (Tool.Find(Program(architecture)) is null)
            return $"{Program(architecture)} is not installed";
        return firmware == QemuFirmware.Uefi && QemuCommand.MissingFirmware(architecture) is { } file ? $"{file} is not installed" : null;
    }

    /// <summary>Waits until the console shows a match after the last one, and returns it.</summary>
    /// <exception cref="XunitException">The machine panicked, said what is refused, ended, or did not say it in time.</exception>
    public Match Expect([StringSyntax("Regex")] string pattern, TimeSpan? limit = null)
    {
        TimeSpan time = limit ?? TimeSpan.FromMinutes(3);
        return Seek(pattern, time) ?? throw Failure($"'{pattern}' was not seen within {time.TotalSeconds:0} seconds");
    }

    /// <summary>
    /// Types a line at the question of a program that drops what was typed before it was ready to read, as cryptsetup does,
    /// and waits for a match: what has no answer for long is typed again.
    /// </summary>
    /// <exception cref="XunitException">As <see cref="Expect"/>.</exception>
    public Match Answer(string text, [StringSyntax("Regex")] string pattern)
    {
        for (int tries = 0; tries < 3; tries++)
        {
            Send(text);
            if (Seek(pattern, TimeSpan.FromMinutes(1)) is { } match)
                return match;
        }

        throw Failure($"'{pattern}' was not seen after '{text}' was typed three times");
    }

    /// <summary>Types a line.</summary>
    public void Send(string text)
    {
        _process.StandardInput.Write(text + "\r");
        _process.StandardInput.Flush();
    }

    /// <summary>Types a command at a shell's prompt and returns what it writes; the command must succeed.</summary>
    public string Command(string command, TimeSpan? limit = null)
    {
        // The typed line holds the words apart, so that its echo is not taken for the answer.
        Send($"echo BEGIN''-; {command}; echo \"END\"\"-$?-\"");
        Expect("BEGIN-\n", limit);
        Match end = Expect(@"(?s)\A(.*?)END-(\d+)-", limit);
        return end.Groups[2].Value == "0" ? end.Groups[1].Value : throw Failure($"'{command}' ended with {end.Groups[2].Value}:\n{end.Groups[1].Value}");
    }

    /// <summary>Waits until the machine ends by itself, as after a power-off.</summary>
    public void ExpectEnd(TimeSpan? limit = null)
    {
        TimeSpan time = limit ?? TimeSpan.FromMinutes(2);
        var watch = Stopwatch.StartNew();
        lock (_console)
        {
            while (!_ended)
            {
                TimeSpan rest = time - watch.Elapsed;
                if (rest <= TimeSpan.Zero || !Monitor.Wait(_console, rest))
                    throw Failure($"the machine did not end within {time.TotalSeconds:0} seconds");
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _reader.Join();
        _process.Dispose();
        _directory.Dispose();
    }

    /// <summary>As <see cref="Expect"/>, but null when it is not seen in time.</summary>
    private Match? Seek([StringSyntax("Regex")] string pattern, TimeSpan time)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Multiline);
        var watch = Stopwatch.StartNew();
        lock (_console)
        {
            while (true)
            {
                string text = _console.ToString(_position, _console.Length - _position);
                Match match = regex.Match(text);
                if (match.Success)
                {
                    _position += match.Index + match.Length;
                    return match;
                }

                if (_refused.Match(text) is { Success: true } refused)
                    throw Failure($"'{refused.Value}' came while '{pattern}' was expected");
                if (_ended)
                    throw Failure($"QEMU ended while '{pattern}' was expected");
                TimeSpan rest = time - watch.Elapsed;
                if (rest <= TimeSpan.Zero || !Monitor.Wait(_console, rest))
                    return null;
            }
        }
    }

    private static string Program(string architecture) => "qemu-system-" + architecture;

    private void ReadConsole()
    {
        var cleaner = new TerminalText();
        char[] buffer = new char[4096];
        try
        {
            for (int count; (count = _process.StandardOutput.Read(buffer, 0, buffer.Length)) > 0;)
            {
                lock (_console)
                {
                    cleaner.Append(buffer.AsSpan(0, count), _console);
                    Monitor.PulseAll(_console);
                }
            }
        }
        finally
        {
            // This also waits for the last of what QEMU says itself.
            _process.WaitForExit();
            lock (_console)
            {
                _ended = true;
                Monitor.PulseAll(_console);
            }
        }
    }

    private XunitException Failure(string message)
    {
        string text = Transcript;
        string shown = text.Length <= TranscriptTail ? text : "…" + text[^TranscriptTail..];
        return new XunitException($"{message}\n--- QEMU\n{_errors}--- console\n{shown}");
    }
}
