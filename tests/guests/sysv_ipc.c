/* SPDX-License-Identifier: MIT */
/* All sub-calls of ipc, through ipc. */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "guest.h"

enum {
	SEMOP = 1,
	SEMGET,
	SEMCTL,
	SEMTIMEDOP,
	MSGSND = 11,
	MSGRCV,
	MSGGET,
	MSGCTL,
	SHMAT = 21,
	SHMDT,
	SHMGET,
	SHMCTL,
	IPC_64_BIT = 0x100
};

#define sub(nr, ...) int80_call(SYS_ipc, nr, __VA_ARGS__)
#define ptr(x)	     ((uintptr_t)(x))

struct message {
	long type;
	char text[8];
};

static void semaphores(void)
{
	struct sembuf up = {0, 1, 0}, down = {0, -1, 0}, at_once = {0, -1, IPC_NOWAIT};
	struct timespec brief = {0, 1000000};
	int set = sub(SEMGET, IPC_PRIVATE, 2, 0600), value = 3, none = 0;

	check(set >= 0, "semget");
	check(!sub(SEMCTL, set, 0, SETVAL | IPC_64_BIT, ptr(&value)), "semctl SETVAL");
	check(!sub(SEMOP, set, 1, 0, ptr(&up)), "semop up");
	check(sub(SEMCTL, set, 0, GETVAL | IPC_64_BIT, ptr(&none)) == 4, "semctl GETVAL");
	for (int i = 0; i < 4; i++)
		check(!sub(SEMOP, set, 1, 0, ptr(&down)), "semop down");
	check(sub(SEMOP, set, 1, 0, ptr(&at_once)) == -EAGAIN, "semop at once");
	check(sub(SEMTIMEDOP, set, 1, 0, ptr(&down), ptr(&brief)) == -EAGAIN, "semtimedop");
	check(!sub(SEMCTL, set, 0, IPC_RMID | IPC_64_BIT, ptr(&none)), "semctl IPC_RMID");
}

static void messages(void)
{
	struct message message = {7, "letter"}, got = {0, ""};
	struct {
		uint32_t to, type;
	} kludge = {ptr(&got), 0};
	int queue = sub(MSGGET, IPC_PRIVATE, 0600);

	check(queue >= 0, "msgget");
	check(!sub(MSGSND, queue, 6, 0, ptr(&message)), "msgsnd");
	check(sub(MSGRCV, queue, 8, 0, ptr(&kludge)) == 6 && got.type == 7, "msgrcv, version 0");
	check(!sub(MSGSND, queue, 6, 0, ptr(&message)), "msgsnd");
	check(sub(1 << 16 | MSGRCV, queue, 8, 0, ptr(&got), 7) == 6, "msgrcv, version 1");
	check(sub(1 << 16 | MSGRCV, queue, 8, IPC_NOWAIT, ptr(&got), 7) == -ENOMSG,
		"msgrcv of nothing");
	check(!sub(MSGCTL, queue, IPC_RMID | IPC_64_BIT, 0, 0), "msgctl IPC_RMID");
}

static void memory(void)
{
	int segment = sub(SHMGET, IPC_PRIVATE, 8192, 0600);
	uint32_t address = 0;

	check(segment >= 0, "shmget");
	check(!sub(SHMAT, segment, 0, ptr(&address), 0) && address, "shmat");
	strcpy((char *)address, "shared");
	check(!sub(SHMDT, 0, 0, 0, address), "shmdt");
	check(!sub(SHMCTL, segment, IPC_RMID | IPC_64_BIT, 0, 0), "shmctl IPC_RMID");
}

int main(void)
{
	semaphores();
	messages();
	memory();
	check(sub(99, 0, 0, 0, 0) == -ENOSYS, "there is no sub-call 99");
	return guest_end();
}
