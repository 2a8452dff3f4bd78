using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Trees;

/// <summary>
/// What the threads that read a directory of the host share: the directories that are still to be read, and the inodes that
/// have more than one name. Each directory is read by one thread, so that the tree is the same from any number of them.
/// </summary>
internal sealed class HostScan
{
    /// <summary>More threads than these wait for the kernel's locks.</summary>
    private const int MostThreads = 4;

    /// <summary>As many directories as a thread is worth starting for.</summary>
    private const int LeastForThread = 16;

    private readonly Dictionary<HostInodeKey, Inode> _linked = [];
    private readonly Stack<(DirectoryInode Inode, HostTreeDirectory Directory)> _pending = [];
    private readonly List<Thread> _threads = [];
    private ExceptionDispatchInfo? _fault;
    private int _active;
    private int _waiting;

    /// <summary>Has a directory read.</summary>
    internal void Add(DirectoryInode inode, HostTreeDirectory directory)
    {
        lock (_pending)
        {
            if (_fault is not null)
                return;
            _pending.Push((inode, directory));
            if (_waiting > 0)
                Monitor.Pulse(_pending);
        }
    }

    /// <summary>Reads directories until there are none left.</summary>
    /// <param name="reader">Makes what reads a directory, and adds those in it, on one thread.</param>
    internal void Run(Func<Action<DirectoryInode, HostTreeDirectory>> reader)
    {
        Read(reader, mayStart: true);
        foreach (Thread thread in _threads)
            thread.Join();
        _fault?.Throw();
    }

    /// <summary>The inode that was read for this one by another of its names.</summary>
    internal bool TryFind(HostInodeKey key, [NotNullWhen(true)] out Inode? inode)
    {
        lock (_linked)
            return _linked.TryGetValue(key, out inode);
    }

    /// <summary>Keeps an inode for its other names; where another thread was faster, its inode counts.</summary>
    internal Inode Keep(HostInodeKey key, Inode inode)
    {
        lock (_linked)
            return _linked.TryAdd(key, inode) ? inode : _linked[key];
    }

    private void Read(Func<Action<DirectoryInode, HostTreeDirectory>> reader, bool mayStart)
    {
        Action<DirectoryInode, HostTreeDirectory> read = reader();
        while (TryTake(out (DirectoryInode Inode, HostTreeDirectory Directory) next))
        {
            try
            {
                read(next.Inode, next.Directory);
            }
            catch (Exception exception) when (Fail(exception))
            {
                // The thread that asked for the tree gets it.
            }

            int left = Finish();
            if (mayStart && left >= LeastForThread && _threads.Count + 1 < Math.Min(Environment.ProcessorCount, MostThreads))
            {
                var thread = new Thread(() => Read(reader, mayStart: false)) { IsBackground = true, Name = "scan" };
                _threads.Add(thread);
                thread.Start();
            }
        }
    }

    private bool TryTake(out (DirectoryInode Inode, HostTreeDirectory Directory) next)
    {
        lock (_pending)
        {
            while (_pending.Count == 0 && _active > 0)
            {
                _waiting++;
                Monitor.Wait(_pending);
                _waiting--;
            }

            if (!_pending.TryPop(out next))
                return false;
            _active++;
            return true;
        }
    }

    private int Finish()
    {
        lock (_pending)
        {
            _active--;
            if (_active == 0 && _pending.Count == 0)
                Monitor.PulseAll(_pending);
            return _pending.Count;
        }
    }

    private bool Fail(Exception exception)
    {
        lock (_pending)
        {
            _fault ??= ExceptionDispatchInfo.Capture(exception);
            _pending.Clear();
        }

        return true;
    }
}
