using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Processes;

/// <summary>Writes a program's standard error to its log while it runs, and keeps the last lines.</summary>
internal sealed class ProcessLog : IDisposable
{
    private const int KeptLines = 20;
    private const int LongestLine = 4096;

    // A daemon that left the group may hold the pipe open for ever.
    private static readonly TimeSpan Straggling = TimeSpan.FromSeconds(2);

    private readonly Queue<string> _lines = new();
    private readonly Lock _lock = new();
    private readonly SafeFileHandle _pipe;
    private FileStream? _file;
    private readonly IProgress<string>? _progress;
    private readonly StringBuilder _line = new();
    private readonly Thread _thread;

    internal ProcessLog(ChildProcessStart start, SafeFileHandle pipe)
    {
        _pipe = pipe;
        _progress = start.Lines;
        _file = start.LogPath is null ? null : new FileStream(start.LogPath, FileMode.Create, FileAccess.Write, FileShare.Read);
        _thread = new Thread(Run) { IsBackground = true, Name = "log of " + start.Program };
        _thread.Start();
    }

    /// <summary>The last lines, at most twenty, oldest first.</summary>
    internal IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>Waits for the end of the pipe.</summary>
    internal void Finish() => _thread.Join(Straggling);

    public void Dispose()
    {
        Finish();
        lock (_lock)
            Close();
    }

    private void Run()
    {
        using var stream = new FileStream(_pipe, FileAccess.Read, bufferSize: 0);
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[8192];
        char[] chars = new char[bytes.Length + 4];
        for (int count = stream.Read(bytes); count > 0; count = stream.Read(bytes))
        {
            Write(bytes.AsSpan(0, count));
            Append(chars.AsSpan(0, decoder.GetChars(bytes, 0, count, chars, 0)));
        }

        EndLine();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            try
            {
                _file?.Write(bytes);
                _file?.Flush();
            }
            catch (IOException)
            {
                // A full disk must not stop the program that is logged; its last lines stay in memory.
                Close();
            }
        }
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is lost; see above.
        }

        _file = null;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c is '\n' or '\r')
                EndLine();
            else if (_line.Length < LongestLine)
                _line.Append(c);
        }
    }

    private void EndLine()
    {
        string line = _line.ToString().TrimEnd();
        _line.Clear();
        if (line.Length == 0)
            return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }

        _progress?.Report(line);
    }
}
